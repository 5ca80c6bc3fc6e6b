#include "decimal.h"

/* Beyond this an exponent decides alone, whatever the mantissa is: a line has at most
 * some 4 million digits. */
#define EXPONENT_MAX 10000000

bool
decimal_is_zero(struct span number)
{
    for (size_t i = 0; i < number.length; i++) {
        if (number.data[i] == 'e' || number.data[i] == 'E')
            break;
        if (number.data[i] >= '1' && number.data[i] <= '9')
            return false;
    }
    return true;
}

/* A number taken apart: its mantissa's text, and where its point belongs. */
struct decimal {
    struct span mantissa; /* digits, and perhaps a point */
    int64_t point;        /* so many digits stand before it; may be beyond them */
    bool is_negative;
};

static int64_t
read_exponent(struct span text)
{
    bool is_negative = text.length > 0 && text.data[0] == '-';
    int64_t value = 0;

    for (size_t i = 0; i < text.length && value < EXPONENT_MAX; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9')
            value = value * 10 + (text.data[i] - '0');
    return is_negative ? -value : value;
}

static struct decimal
take_apart(struct span number)
{
    struct decimal d = {.is_negative = number.data[0] == '-'};
    size_t i = d.is_negative;
    bool has_point = false;

    d.mantissa.data = number.data + i;
    for (; i < number.length && number.data[i] != 'e' && number.data[i] != 'E'; i++) {
        has_point = has_point || number.data[i] == '.';
        d.mantissa.length++;
        d.point += !has_point;
    }
    if (i < number.length)
        d.point += read_exponent(
            (struct span){number.data + i + 1, number.length - i - 1});
    return d;
}

/* value * 10 + digit as a negative number, whose range is the wider one. */
static bool
add_digit(int64_t *value, int digit)
{
    if (*value < (INT64_MIN + digit) / 10)
        return false;
    *value = *value * 10 - digit;
    return true;
}

bool
decimal_whole(struct span number, int shift, int64_t *ret, bool *ret_is_whole)
{
    struct decimal d = take_apart(number);
    int64_t value = 0;
    int64_t place = 0; /* of the digit, from the first of the mantissa */

    *ret_is_whole = true;
    *ret = 0;
    if (decimal_is_zero(number))
        return true;
    d.point += shift;
    for (size_t i = 0; i < d.mantissa.length; i++) {
        int digit = d.mantissa.data[i] - '0';

        if (d.mantissa.data[i] == '.')
            continue;
        if (place >= d.point)
            *ret_is_whole = *ret_is_whole && digit == 0;
        else if (!add_digit(&value, digit))
            return false;
        place++;
    }
    for (; place < d.point && value != 0; place++)
        if (!add_digit(&value, 0))
            return false;
    if (!d.is_negative && value == INT64_MIN)
        return false;
    *ret = d.is_negative ? value : -value;
    return true;
}
