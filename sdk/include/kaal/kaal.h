/* SPDX-License-Identifier: Apache-2.0 */
/* All of libkaal. */
#ifndef KAAL_KAAL_H
#define KAAL_KAAL_H

#include <kaal/cnode.h>
#include <kaal/console.h>
#include <kaal/debug.h>
#include <kaal/domain.h>
#include <kaal/error.h>
#include <kaal/fault.h>
#include <kaal/irq.h>
#include <kaal/ports.h>
#include <kaal/power.h>
#include <kaal/sched_context.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/tcb.h>
#include <kaal/tls.h>
#include <kaal/untyped.h>
#include <kaal/vspace.h>

#endif
