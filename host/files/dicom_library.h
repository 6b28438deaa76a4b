// What the two halves of host/files/dicom.h share: DCMTK without its log.  Internal to host/files/dicom*.cpp.
#ifndef HOST_FILES_DICOM_LIBRARY_H
#define HOST_FILES_DICOM_LIBRARY_H
#ifdef XBMD_DICOM
#define HAVE_CONFIG_H
#include <cstdint>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>

constexpr int64_t kDicomMostPixels = 32768; // along an edge
// Our private block: (0019,0010) says whose, the elements give -ln(I/I0) = slope value + intercept.
constexpr char kDicomOwner[] = "XBMD";
inline DcmTagKey DicomOwnerTag() { return { 0x0019, 0x0010 }; }
inline DcmTagKey DicomSlopeTag() { return { 0x0019, 0x1001 }; }
inline DcmTagKey DicomInterceptTag() { return { 0x0019, 0x1002 }; }

// The library's own log would go to stderr, with patients' data in it.
inline void DicomHush()
{
	static const bool once = [] {
		OFLog::configure(OFLogger::OFF_LOG_LEVEL);
		return true;
	}();
	(void)once;
}
#endif
#endif
