/*
 * What a calibration must know of its scan: tube voltage, reconstruction kernel, scanner.  Read from the CT's JSON
 * sidecar (KVP, ConvolutionKernel, Manufacturer, ManufacturersModelName, as DICOM converters write it) or given by
 * hand.
 *
 * A calibration holds for one tube voltage, since the slope moves by about a third from 80 to 140 kVp, and a sharp
 * kernel biases masks and thresholds (physics-and-clinical.md 1.6, 1.8).
 */
#ifndef CT_SCAN_INFO_H
#define CT_SCAN_INFO_H
#include <stdbool.h>
#ifdef __cplusplus
extern "C" {
#endif
#define SCAN_INFO_KVP_TOLERANCE 1.0 /* kV */
struct scan_info {
	double kvp;	 /* NaN = unknown */
	char kernel[64]; /* "" = unknown */
	char scanner[128];
};
struct scan_info scan_info_unknown(void);
/* Fields that are known in `from` replace those of `to`. */
void scan_info_override(struct scan_info *to, const struct scan_info *from);
/* Of the sidecar beside the CT; nothing is known without one.  ERR_INVALID naming file and key when malformed. */
int scan_info_read(struct scan_info *s, const char *ct_path);
/*
 * Whether a kernel's name says sharp: Siemens letter(s) and a number of 60 or more (B70s, Br64), General Electric
 * LUNG, BONE, BONEPLUS, EDGE, ULTRA, Philips D to L and Y.., Canon FC30 to FC59 and FC80 on.  Unknown names are not
 * sharp.  The list is this project's reading of the makers' names, not a standard.
 */
bool scan_info_kernel_is_sharp(const char *kernel);
/* ERR_INVALID for a sharp kernel unless allowed; for Siemens' direct density (Sd..), which holds no HU, always. */
int scan_info_check_kernel(const struct scan_info *s, bool allow_sharp);
/* ERR_INVALID when both voltages are known and differ; a warning when one is not known. */
int scan_info_check_kvp(const struct scan_info *ct, const struct scan_info *calibration);
#ifdef __cplusplus
}
#endif
#endif
