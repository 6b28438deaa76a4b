/* Numbers as text. */
#ifndef EVAL_NUMBER_H
#define EVAL_NUMBER_H
#ifdef __cplusplus
extern "C" {
#endif
enum { NUMBER_BYTES = 48 };
/* The shortest of 15 to 17 digits that reads back as the same number; "inf", "-inf", "n/a". */
const char *number_exact(char text[NUMBER_BYTES], double x);
/* For readers: fixed decimals, a true minus sign (UTF-8), never "-0"; NaN is "n/a". */
const char *number_fixed(char text[NUMBER_BYTES], double x, int decimals);
/* Decimals that show three digits of a spread: 3 for 0.12, 1 for 61. */
int number_decimals(double spread);
#ifdef __cplusplus
}
#endif
#endif
