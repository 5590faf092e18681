/* SPDX-License-Identifier: Apache-2.0 */
#include "core/invocation.h"
#define NOT_YET(f) enum kaal_err f(struct invocation *inv) { (void)inv; return KAAL_ERR_ILLEGAL_OPERATION; }
/* objects */
NOT_YET(cnode_inv_cancel_badged_sends)
NOT_YET(cnode_inv_mutate)
NOT_YET(cnode_inv_rotate)
NOT_YET(tcb_inv_copy_registers)
NOT_YET(tcb_inv_set_ipc_buffer)
NOT_YET(tcb_inv_set_flags)
NOT_YET(page_inv_clean)
NOT_YET(page_inv_invalidate)
NOT_YET(page_inv_clean_invalidate)
NOT_YET(vspace_inv_clean)
NOT_YET(vspace_inv_invalidate)
NOT_YET(vspace_inv_clean_invalidate)
NOT_YET(vspace_inv_unify)
NOT_YET(asid_inv_make_pool)

