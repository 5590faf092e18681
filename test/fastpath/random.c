/* SPDX-License-Identifier: Apache-2.0 */
#include "random.h"

uint64_t random_state;

void random_seed(uint64_t seed)
{
    uint64_t z = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    random_state = (z ^ z >> 27) | 1;
}

uint64_t random64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

unsigned below(unsigned n)
{
    return (unsigned)((random64() >> 33) % n);
}

bool percent(unsigned p)
{
    return below(100) < p;
}

unsigned weighted(const uint8_t *weights, unsigned count)
{
    unsigned total = 0, i = 0;
    for (unsigned w = 0; w < count; w++) {
        total += weights[w];
    }
    for (unsigned r = below(total); r >= weights[i]; i++) {
        r -= weights[i];
    }
    return i;
}
