/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the exact ones, rounded to the nearest double. */
#include <errno.h>
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check.h"

static _Thread_local int initialised = 4711;
static _Thread_local int zero;
static _Thread_local _Alignas(64) char aligned[64] = "aligned";

static volatile double one = 1;
static volatile double three = 3;

static bool equal(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

void test_math(void)
{
    CHECK(equal(sqrt(2 * one), 1.4142135623730951) && equal(sqrt(81 * one), 9.0));
    CHECK(isnan(sqrt(-one)) && equal(fabs(-three), 3.0));
    CHECK(within_1_ulp(sin(one), 0.84147098480789651) && equal(sin(0 * one), 0.0));
    CHECK(within_1_ulp(cos(one), 0.54030230586813972));
    CHECK(within_1_ulp(tan(one / 2), 0.54630248984379051));
    CHECK(within_1_ulp(sin(1e22 * one), -0.85220084976718880));
    CHECK(within_1_ulp(exp(one), 2.7182818284590452) &&
          within_1_ulp(log(2 * one), 0.69314718055994531));
    CHECK(within_1_ulp(log10(1000 * one), 3.0) &&
          within_1_ulp(pow(2 * one, 0.5), 1.4142135623730951));
    CHECK(within_1_ulp(atan2(one, -one), 2.3561944901923449) &&
          within_1_ulp(asin(one / 2), 0.52359877559829887));
    CHECK(equal(floor(-2.5 * one), -3.0) && equal(ceil(-2.5 * one), -2.0) &&
          equal(trunc(-2.5 * one), -2.0));
    CHECK(equal(round(2.5 * one), 3.0) && equal(rint(2.5 * one), 2.0) && lround(-2.5 * one) == -3);
    CHECK(equal(fmod(7 * one, three), 1.0) && equal(ldexp(one, 10), 1024.0) &&
          equal(fma(three, 3, 1), 10.0));
    int exponent;
    CHECK(equal(frexp(48 * one, &exponent), 0.75) && exponent == 6);
    CHECK(isinf(exp(1000 * one)) && isinf(one / (0 * one)) && equal(hypot(three, 4), 5.0));

    CHECK(fegetround() == FE_TONEAREST);
    CHECK(fesetround(FE_UPWARD) == 0);
    const double up = one / three;
    CHECK(fesetround(FE_DOWNWARD) == 0);
    const double down = one / three;
    CHECK(fesetround(FE_TONEAREST) == 0);
    CHECK(up > down && equal(nextafter(down, 1), up));
    CHECK(feclearexcept(FE_ALL_EXCEPT) == 0 && isinf(one / (0 * one)) &&
          fetestexcept(FE_DIVBYZERO) != 0);
}

void test_tls(void)
{
    CHECK(initialised == 4711 && zero == 0);
    CHECK((uintptr_t)aligned % 64 == 0 && strcmp(aligned, "aligned") == 0);
    initialised++;
    zero--;
    errno = 5;
    CHECK(initialised == 4712 && zero == -1 && errno == 5 && strcmp(aligned, "aligned") == 0);
}
