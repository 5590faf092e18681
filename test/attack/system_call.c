/* SPDX-License-Identifier: Apache-2.0 */
/* Make system call NUMBER with capability pointer CAP. */
#include "attack.h"

bool attack(void)
{
    struct kaal_msg msg = {0};
    kaal_svc((enum kaal_syscall)(NUMBER), CAP, &msg, CAP, CAP);
    return true;
}
