// Reading through DCMTK: every attribute is checked before it is believed.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include "host/files/dicom.h"
#include "host/files/dicom_library.h"
#include "host/files/path.h"
#include "host/run/err.h"

extern "C" void dicom_film_free(struct dicom_film *film)
{
	free(film->values);
	*film = {};
}

#ifdef XBMD_DICOM

namespace
{

class Reader
{
      public:
	Reader(DcmDataset *dataset, const char *path) : dataset_(dataset), path_(path)
	{
	}

	bool failed() const
	{
		return failed_;
	}
	// Each returns whether the attribute is there; one that is there but wrong fails the reader.
	bool Whole(const DcmTagKey &tag, const char *name, int64_t *out)
	{
		DcmElement *element = Find(tag);
		Uint16 value = 0;
		if (!element)
			return false;
		if (element->ident() != EVR_US && element->ident() != EVR_SS && element->ident() != EVR_xs)
			return Fail(name, "is no 16-bit number");
		if (element->getLength() != sizeof(value))
			return Fail(name, "has a wrong length");
		if (dataset_->findAndGetUint16(tag, value).bad())
			return Fail(name, "cannot be read");
		*out = value;
		return true;
	}
	// Of VR IS or SS.
	bool Integer(const DcmTagKey &tag, const char *name, int64_t *out)
	{
		DcmElement *element = Find(tag);
		Sint32 value = 0;
		Sint16 small = 0;
		if (!element || element->getLength() == 0)
			return false;
		if (element->ident() == EVR_SS && element->getLength() == 2 &&
			element->getSint16(small).good())
			value = small;
		else if (element->ident() != EVR_IS || element->getSint32(value).bad())
			return Fail(name, "is no whole number");
		*out = value;
		return true;
	}
	bool Real(const DcmTagKey &tag, const char *name, double *out, unsigned long at = 0)
	{
		DcmElement *element = Find(tag);
		Float64 value = NAN;
		if (!element || element->getLength() == 0)
			return false;
		if (element->getFloat64(value, at).bad() || !std::isfinite(value))
			return Fail(name, "is no number");
		*out = value;
		return true;
	}
	template <size_t N>
	bool Text(const DcmTagKey &tag, const char *name, char (&out)[N], unsigned long at = 0)
	{
		DcmElement *element = Find(tag);
		OFString text;
		if (!element || element->getLength() == 0 || at >= element->getVM())
			return false;
		if (element->getOFString(text, at).bad())
			return Fail(name, "is no text");
		if (text.size() >= N)
			return Fail(name, "is too long");
		memcpy(out, text.c_str(), text.size() + 1);
		return true;
	}
	bool Fail(const char *name, const char *why)
	{
		if (!failed_)
			(void)ERR_INVALID("%s: DICOM attribute %s %s", path_, name, why);
		failed_ = true;
		return false;
	}
	void Need(bool there, const char *name)
	{
		if (!there && !failed_)
			Fail(name, "is missing");
	}
	DcmElement *Find(const DcmTagKey &tag)
	{
		DcmElement *element = nullptr;
		return dataset_->findAndGetElement(tag, element).good() ? element : nullptr;
	}

      private:
	DcmDataset *dataset_;
	const char *path_;
	bool failed_ = false;
};

void ReadWho(struct dicom_film *film, Reader *r)
{
	r->Need(r->Text(DCM_SOPClassUID, "SOPClassUID", film->sop_class), "SOPClassUID");
	r->Need(r->Text(DCM_SOPInstanceUID, "SOPInstanceUID", film->instance), "SOPInstanceUID");
	r->Text(DCM_SeriesInstanceUID, "SeriesInstanceUID", film->series);
	r->Text(DCM_StudyInstanceUID, "StudyInstanceUID", film->study);
	r->Text(DCM_PatientID, "PatientID", film->patient);
	r->Text(DCM_PatientSex, "PatientSex", film->sex);
	r->Text(DCM_Manufacturer, "Manufacturer", film->maker);
	r->Text(DCM_ManufacturerModelName, "ManufacturerModelName", film->model);
	char age[DICOM_CODE_BYTES] = "";
	if (r->Text(DCM_PatientAge, "PatientAge", age) && strlen(age) == 4 && age[3] == 'Y')
		film->age_years = atoi(age);
}

void ReadGrey(struct dicom_film *film, Reader *r)
{
	char intent[DICOM_TEXT_BYTES] = "", burned[DICOM_CODE_BYTES] = "";
	int64_t sign = 0;
	r->Text(DCM_PresentationIntentType, "PresentationIntentType", intent);
	if (intent[0] && strcmp(intent, "FOR PRESENTATION") != 0 && strcmp(intent, "FOR PROCESSING") != 0)
		r->Fail("PresentationIntentType", "is neither FOR PRESENTATION nor FOR PROCESSING");
	film->for_presentation =
		intent[0] ? strcmp(intent, "FOR PRESENTATION") == 0
			  : strcmp(film->sop_class, UID_DigitalXRayImageStorageForProcessing) != 0;
	r->Need(r->Text(DCM_PhotometricInterpretation, "PhotometricInterpretation", film->photometric),
		"PhotometricInterpretation");
	if (film->photometric[0] && strcmp(film->photometric, "MONOCHROME1") != 0 &&
		strcmp(film->photometric, "MONOCHROME2") != 0)
		r->Fail("PhotometricInterpretation", "is neither MONOCHROME1 nor MONOCHROME2");
	r->Text(DCM_PixelIntensityRelationship, "PixelIntensityRelationship", film->relation);
	if (r->Integer(DCM_PixelIntensityRelationshipSign, "PixelIntensityRelationshipSign", &sign)) {
		film->sign = (int)sign;
		if (sign != 1 && sign != -1)
			r->Fail("PixelIntensityRelationshipSign", "is neither 1 nor -1");
	}
	r->Real(DCM_RescaleSlope, "RescaleSlope", &film->rescale_slope);
	r->Real(DCM_RescaleIntercept, "RescaleIntercept", &film->rescale_intercept);
	if (film->rescale_slope == 0)
		r->Fail("RescaleSlope", "is 0");
	r->Real(DCM_WindowCenter, "WindowCenter", &film->window_centre);
	if (r->Real(DCM_WindowWidth, "WindowWidth", &film->window_width) && !(film->window_width >= 1))
		r->Fail("WindowWidth", "is below 1");
	r->Text(DCM_PresentationLUTShape, "PresentationLUTShape", film->lut_shape);
	r->Text(DCM_BurnedInAnnotation, "BurnedInAnnotation", burned);
	film->burned_in = strcmp(burned, "YES") == 0;
	char owner[DICOM_TEXT_BYTES] = "";
	if (r->Text(DicomOwnerTag(), "private block (0019,0010)", owner) && strcmp(owner, kDicomOwner) == 0) {
		r->Real(DicomSlopeTag(), "(0019,1001)", &film->radiograph_slope);
		r->Real(DicomInterceptTag(), "(0019,1002)", &film->radiograph_intercept);
	}
}

void ReadPlace(struct dicom_film *film, Reader *r)
{
	for (unsigned long k = 0; k < 2; k++) {
		r->Real(DCM_ImagerPixelSpacing, "ImagerPixelSpacing", &film->imager_mm[k], k);
		r->Real(DCM_PixelSpacing, "PixelSpacing", &film->pixel_mm[k], k);
		r->Text(DCM_PatientOrientation, "PatientOrientation", film->orientation[k], k);
	}
	for (int k = 0; k < 2; k++) {
		if (!std::isnan(film->imager_mm[k]) && !(film->imager_mm[k] > 0))
			r->Fail("ImagerPixelSpacing", "is not positive");
		if (!std::isnan(film->pixel_mm[k]) && !(film->pixel_mm[k] > 0))
			r->Fail("PixelSpacing", "is not positive");
	}
	r->Real(DCM_KVP, "KVP", &film->kvp);
	r->Real(DCM_DistanceSourceToDetector, "DistanceSourceToDetector", &film->sdd_mm);
	r->Real(DCM_DistanceSourceToPatient, "DistanceSourceToPatient", &film->sod_mm);
	int64_t exposure;
	if (r->Integer(DCM_RelativeXRayExposure, "RelativeXRayExposure", &exposure))
		film->relative_exposure = (double)exposure;
	r->Text(DCM_ViewPosition, "ViewPosition", film->view);
	r->Text(DCM_BodyPartExamined, "BodyPartExamined", film->body_part);
	char series[DICOM_CODE_BYTES] = "";
	bool image = r->Text(DCM_ImageLaterality, "ImageLaterality", film->laterality);
	if (r->Text(DCM_Laterality, "Laterality", series)) {
		if (image && strcmp(series, film->laterality) != 0)
			r->Fail("Laterality", "contradicts ImageLaterality");
		memcpy(film->laterality, series, sizeof(series));
	}
	if (film->laterality[0] && !(strlen(film->laterality) == 1 && strchr("RLBU", film->laterality[0])))
		r->Fail("ImageLaterality", "is none of R, L, B, U");
}

void ReadPixels(struct dicom_film *film, Reader *r)
{
	int64_t samples = 1, allocated = 0, stored = 0, high = 0, is_signed = 0, rows = 0, cols = 0;
	int64_t frames = 1;
	r->Whole(DCM_SamplesPerPixel, "SamplesPerPixel", &samples);
	r->Integer(DCM_NumberOfFrames, "NumberOfFrames", &frames);
	r->Need(r->Whole(DCM_Rows, "Rows", &rows), "Rows");
	r->Need(r->Whole(DCM_Columns, "Columns", &cols), "Columns");
	r->Need(r->Whole(DCM_BitsAllocated, "BitsAllocated", &allocated), "BitsAllocated");
	r->Need(r->Whole(DCM_BitsStored, "BitsStored", &stored), "BitsStored");
	r->Need(r->Whole(DCM_HighBit, "HighBit", &high), "HighBit");
	r->Need(r->Whole(DCM_PixelRepresentation, "PixelRepresentation", &is_signed), "PixelRepresentation");
	DcmElement *pixels = r->Find(DCM_PixelData);
	r->Need(pixels, "PixelData");
	if (r->failed())
		return;
	if (samples != 1)
		r->Fail("SamplesPerPixel", "is not 1: a colour picture");
	if (frames != 1)
		r->Fail("NumberOfFrames", "is not 1");
	if (rows < 1 || cols < 1 || rows > kDicomMostPixels || cols > kDicomMostPixels)
		r->Fail("Rows or Columns", "is 0 or above 32768");
	if (allocated != 16)
		r->Fail("BitsAllocated", "is not 16");
	if (stored < 8 || stored > 16 || high != stored - 1)
		r->Fail("BitsStored and HighBit", "do not fit 16 bits");
	if (is_signed > 1)
		r->Fail("PixelRepresentation", "is neither 0 nor 1");
	if (!r->failed() && (int64_t)pixels->getLength() != 2 * rows * cols)
		r->Fail("PixelData", "has another length than Rows x Columns pixels of 16 bits");
	Uint16 *raw = nullptr;
	if (r->failed() || (pixels->getUint16Array(raw).bad() || !raw)) {
		r->Fail("PixelData", "cannot be read");
		return;
	}
	film->values = static_cast<int32_t *>(malloc((size_t)(rows * cols) * sizeof(int32_t)));
	if (!film->values)
		throw std::bad_alloc();
	int32_t span = (int32_t)1 << stored;
	for (int64_t i = 0; i < rows * cols; i++) {
		int32_t value = raw[i] & (span - 1); // overlay bits above are not the image's
		film->values[i] = is_signed && value >= span / 2 ? value - span : value;
	}
	film->rows = rows;
	film->cols = cols;
	film->bits_stored = (int)stored;
}

bool IsFilm(const char *sop_class)
{
	return strcmp(sop_class, UID_DigitalXRayImageStorageForPresentation) == 0 ||
	       strcmp(sop_class, UID_DigitalXRayImageStorageForProcessing) == 0 ||
	       strcmp(sop_class, UID_ComputedRadiographyImageStorage) == 0;
}

int Read(struct dicom_film *film, const char *path)
{
	DcmFileFormat file;
	OFCondition read = file.loadFile(path);
	if (read.bad())
		return ERR_INVALID("%s: not a whole DICOM file: %s", path, read.text());
	DcmXfer transfer(file.getDataset()->getOriginalXfer());
	if (transfer.isEncapsulated() || transfer.getStreamCompression() != ESC_none)
		return ERR_INVALID("%s: compressed (%s); decompress it first", path, transfer.getXferName());
	Reader r(file.getDataset(), path);
	ReadWho(film, &r);
	if (!r.failed() && !IsFilm(film->sop_class))
		return ERR_INVALID(
			"%s: SOP class %s is no digital or computed radiograph", path, film->sop_class);
	ReadGrey(film, &r);
	ReadPlace(film, &r);
	ReadPixels(film, &r);
	return r.failed() ? -1 : 0;
}

} // namespace

extern "C" int dicom_read(struct dicom_film *film, const char *path)
{
	*film = {};
	film->age_years = film->window_centre = film->window_width = film->kvp = film->sdd_mm = film->sod_mm =
		NAN;
	film->relative_exposure = film->radiograph_slope = film->radiograph_intercept = NAN;
	for (int k = 0; k < 2; k++)
		film->imager_mm[k] = film->pixel_mm[k] = NAN;
	film->rescale_slope = 1;
	if (!path_exists(path))
		return ERR_INPUT("cannot open '%s': no such file", path);
	DicomHush();
	int rc = -1;
	try {
		rc = Read(film, path);
	} catch (const std::bad_alloc &) {
		rc = ERR_RESOURCE("out of memory for the film '%s'", path);
	}
	if (rc != 0)
		dicom_film_free(film);
	return rc;
}

#else

extern "C" int dicom_read(struct dicom_film *film, const char *path)
{
	*film = {};
	return ERR_USAGE("cannot read '%s': this build has no DICOM (libdcmtk-dev was missing)", path);
}

#endif
