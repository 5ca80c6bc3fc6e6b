/* scan -- look at sixteen bytes at once: SSE2, NEON, or plain C where there is neither. */
#ifndef RSLOAD_SCAN_H
#define RSLOAD_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * SSE2 is part of x86-64 and NEON of arm64, so nothing is dispatched at run time. Most
 * strings of an event are shorter than 32 bytes: wider vectors gain nothing here.
 * RSLOAD_PORTABLE takes the plain path everywhere; the tests run both.
 */
#if defined(__SSE2__) && !defined(RSLOAD_PORTABLE)
#include <emmintrin.h>
#define SCAN_SSE2 1
#elif defined(__aarch64__) && !defined(RSLOAD_PORTABLE)
#include <arm_neon.h>
#define SCAN_NEON 1
#endif

/* How many bytes a function here may read from where it is pointed at. */
#define SCAN_WIDTH 16

/* One bit a byte, bit 0 for the first. */
struct scan_masks {
    uint32_t stops; /* a quote, a backslash or a control character */
    uint32_t high;  /* not ASCII */
};

/* Look at the SCAN_WIDTH bytes from `p` on. */
static inline struct scan_masks
scan_string(const char *p)
{
#if defined(SCAN_SSE2)
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i back = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
    __m128i any = _mm_or_si128(_mm_or_si128(quote, back), control);

    return (struct scan_masks){(uint32_t)_mm_movemask_epi8(any),
                               (uint32_t)_mm_movemask_epi8(v)};
#elif defined(SCAN_NEON)
    static const uint8_t bit_of_byte[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                            1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bits = vld1q_u8(bit_of_byte);
    uint8x16_t v = vld1q_u8((const uint8_t *)p);
    uint8x16_t any = vorrq_u8(
        vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')), vceqq_u8(v, vdupq_n_u8('\\'))),
        vcltq_u8(v, vdupq_n_u8(0x20)));
    uint8x16_t stop = vandq_u8(any, bits);
    uint8x16_t high = vandq_u8(vcgeq_u8(v, vdupq_n_u8(0x80)), bits);

    return (struct scan_masks){(uint32_t)vaddv_u8(vget_low_u8(stop)) |
                                   (uint32_t)vaddv_u8(vget_high_u8(stop)) << 8,
                               (uint32_t)vaddv_u8(vget_low_u8(high)) |
                                   (uint32_t)vaddv_u8(vget_high_u8(high)) << 8};
#else
    struct scan_masks masks = {0, 0};

    for (unsigned i = 0; i < SCAN_WIDTH; i++) {
        unsigned char c = (unsigned char)p[i];

        masks.stops |= (uint32_t)(c == '"' || c == '\\' || c < 0x20) << i;
        masks.high |= (uint32_t)(c >> 7) << i;
    }
    return masks;
#endif
}

/* Are the first `length` bytes of `a` and `b` equal? Both are readable for `length`
 * rounded up to SCAN_WIDTH. */
static inline bool
scan_equal(const char *a, const char *b, uint32_t length)
{
#if defined(SCAN_SSE2)
    for (;;) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a);
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)b);
        uint32_t differ = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) ^ 0xffffu;

        if (length <= SCAN_WIDTH)
            return (differ & ((1u << length) - 1)) == 0;
        if (differ != 0)
            return false;
        a += SCAN_WIDTH;
        b += SCAN_WIDTH;
        length -= SCAN_WIDTH;
    }
#else
    return memcmp(a, b, length) == 0;
#endif
}

#endif
