/* SPDX-License-Identifier: Apache-2.0 */
#include "core/invocation.h"
#define NOT_YET(f) enum kaal_err f(struct invocation *inv) { (void)inv; return KAAL_ERR_ILLEGAL_OPERATION; }
/* scheduling */
NOT_YET(tcb_inv_set_timeout_endpoint)
NOT_YET(sc_inv_yield_to)
NOT_YET(domain_inv_set)
NOT_YET(domain_inv_set_schedule)
NOT_YET(domain_inv_start)
