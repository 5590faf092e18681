/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets that the entry code uses; cpu.c checks them against the structures. */
#pragma once

#define CPU_CURRENT   0
#define CPU_STACK_TOP 8

/* System calls that have entries of their own. */
#define KAAL_SYS_CALL_NUMBER       1
#define KAAL_SYS_REPLY_RECV_NUMBER 2

#define REGS_X0  0
#define REGS_X30 240 /* and sp */
#define REGS_PC  256 /* and pstate */
#define REGS_TLS 272 /* and ipc_buffer */

/* Shared by all cores: an exception in the kernel happens under its lock. */
#define EMERGENCY_STACK_SIZE 2048
