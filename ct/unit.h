/* The units a density may carry: hydroxyapatite and K2HPO4 are not interchangeable. */
#ifndef CT_UNIT_H
#define CT_UNIT_H
#ifdef __cplusplus
extern "C" {
#endif
/* "mgHA/cm3", "mgK2HPO4/cm3", or the same with "cc": copied to unit as .../cm3; anything else is ERR_INVALID.
 */
int unit_of_density(char unit[32], const char *text, const char *where);
#ifdef __cplusplus
}
#endif
#endif
