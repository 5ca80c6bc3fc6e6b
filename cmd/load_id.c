#include "load_id.h"

#define TIME_DIGITS 10
#define ALL_DIGITS  26

void
load_id_make(int64_t now_ms, const unsigned char random[LOAD_ID_RANDOM],
             char ret[LOAD_ID_SIZE])
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint64_t time = (uint64_t)now_ms;
    unsigned bits = 0;
    unsigned bit_count = 0;
    int at = TIME_DIGITS;

    for (int i = TIME_DIGITS - 1; i >= 0; i--, time >>= 5)
        ret[i] = digits[time & 31];
    /* 80 bits are 16 digits: ten bytes go in at the right, five bits come out left */
    for (int i = 0; i < LOAD_ID_RANDOM; i++) {
        bits = (bits << 8 | random[i]) & 0xffff;
        bit_count += 8;
        while (bit_count >= 5) {
            bit_count -= 5;
            ret[at++] = digits[bits >> bit_count & 31];
        }
    }
    ret[ALL_DIGITS] = '\0';
}
