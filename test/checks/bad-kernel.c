/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that kernel-hardening has to find; never run. */
double fdt_check_header(double a, double b);
int debug_syscall(int number);
void kernel_start(void);

volatile double value;
volatile int number;

__attribute__((noinline)) double fdt_check_header(double a, double b)
{
    return a * b;
}

__attribute__((noinline)) int debug_syscall(int n)
{
    return n + number;
}

void kernel_start(void)
{
    value = fdt_check_header(value, value);
    number = debug_syscall(number);
}
