/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
enum kaal_err { KAAL_OK, KAAL_ERR_FIRST, KAAL_ERR_SECOND };
