/* SPDX-License-Identifier: Apache-2.0 */
/* Has the capability for power, and does nothing with it. */
int main(void)
{
    return 0;
}
