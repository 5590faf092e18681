/* SPDX-License-Identifier: Apache-2.0 */
/* Rights that a capability carries. Derivation can only take rights away. */
#ifndef KAAL_ABI_RIGHTS_H
#define KAAL_ABI_RIGHTS_H

#define KAAL_RIGHT_READ        1 /* receive; map readable */
#define KAAL_RIGHT_WRITE       2 /* send, signal; map writable */
#define KAAL_RIGHT_GRANT       4 /* pass capabilities, and reply with them */
#define KAAL_RIGHT_GRANT_REPLY 8 /* call: hand over the right to reply */
#define KAAL_RIGHTS_ALL        15

#endif
