#include "host/files/dicom.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>
#include "host/files/path.h"
#include "host/run/err.h"

extern "C" void dicom_film_free(struct dicom_film *film)
{
	free(film->values);
	*film = {};
}

#ifndef XBMD_DICOM

extern "C" bool dicom_available(void)
{
	return false;
}

extern "C" int dicom_read(struct dicom_film *film, const char *path)
{
	*film = {};
	return ERR_USAGE("cannot read '%s': this build has no DICOM (libdcmtk-dev was missing)", path);
}

extern "C" int dicom_write(const char *path, const struct dicom_film *)
{
	return ERR_USAGE("cannot write '%s': this build has no DICOM (libdcmtk-dev was missing)", path);
}

#else

#define HAVE_CONFIG_H
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>

namespace
{

constexpr int64_t kMostPixels = 32768; // along an edge
const DcmTagKey kPrivateOwner(0x0019, 0x0010), kPrivateSlope(0x0019, 0x1001),
	kPrivateIntercept(0x0019, 0x1002);
const char kOwner[] = "XBMD";

// The library's own log would go to stderr, with patients' data in it.
void Hush()
{
	static const bool once = [] {
		OFLog::configure(OFLogger::OFF_LOG_LEVEL);
		return true;
	}();
	(void)once;
}

// ---- reading ----

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
	if (r->Text(kPrivateOwner, "private block (0019,0010)", owner) && strcmp(owner, kOwner) == 0) {
		r->Real(kPrivateSlope, "(0019,1001)", &film->radiograph_slope);
		r->Real(kPrivateIntercept, "(0019,1002)", &film->radiograph_intercept);
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
	if (rows < 1 || cols < 1 || rows > kMostPixels || cols > kMostPixels)
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

// ---- writing ----

class Writer
{
      public:
	explicit Writer(DcmItem *item) : item_(item)
	{
	}

	void Text(const DcmTagKey &tag, const std::string &text)
	{
		Take(item_->putAndInsertString(tag, text.c_str()));
	}
	void Text(const DcmTagKey &tag, const std::string &text, DcmEVR vr)
	{
		Take(item_->putAndInsertString(DcmTag(tag, vr), text.c_str()));
	}
	void Double(const DcmTagKey &tag, double x)
	{
		DcmTag own(tag, EVR_FD);
		own.setPrivateCreator(kOwner);
		Take(item_->putAndInsertFloat64(own, x));
	}
	void Signed(const DcmTagKey &tag, int value)
	{
		Take(item_->putAndInsertSint16(tag, (Sint16)value));
	}
	void Empty(const DcmTagKey &sequence)
	{
		Take(item_->insertEmptyElement(sequence));
	}
	void Whole(const DcmTagKey &tag, int value)
	{
		Take(item_->putAndInsertUint16(tag, (Uint16)value));
	}
	// A decimal string has at most 16 characters.
	static std::string Decimal(double x)
	{
		char text[32];
		snprintf(text, sizeof(text), "%.10g", x);
		return text;
	}
	void Real(const DcmTagKey &tag, double x)
	{
		if (std::isfinite(x))
			Text(tag, Decimal(x));
	}
	void Code(const DcmTagKey &sequence, const char *value, const char *meaning)
	{
		DcmItem *item = nullptr;
		Take(item_->findOrCreateSequenceItem(sequence, item, -2));
		if (!item)
			return;
		Writer w(item);
		w.Text(DCM_CodeValue, value);
		w.Text(DCM_CodingSchemeDesignator, "SCT");
		w.Text(DCM_CodeMeaning, meaning);
		Take(w.condition());
	}
	void Take(const OFCondition &c)
	{
		if (condition_.good())
			condition_ = c;
	}
	OFCondition condition() const
	{
		return condition_;
	}

      private:
	DcmItem *item_;
	OFCondition condition_ = EC_Normal;
};

void PutWho(Writer *w, const struct dicom_film *f)
{
	char age[16];
	snprintf(age, sizeof(age), "%03dY", (int)f->age_years % 1000);
	w->Text(DCM_SOPClassUID, f->for_presentation ? UID_DigitalXRayImageStorageForPresentation
						     : UID_DigitalXRayImageStorageForProcessing);
	w->Text(DCM_SOPInstanceUID, f->instance);
	w->Text(DCM_SeriesInstanceUID, f->series);
	w->Text(DCM_StudyInstanceUID, f->study);
	w->Text(DCM_PatientName, std::string(f->patient) + "^");
	w->Text(DCM_PatientID, f->patient);
	w->Text(DCM_PatientSex, f->sex);
	w->Text(DCM_PatientAge, std::isfinite(f->age_years) ? age : "");
	// Whole studies have relative days only: no dates, no names.
	for (const DcmTagKey &empty : { DCM_PatientBirthDate, DCM_StudyDate, DCM_StudyTime, DCM_ContentDate,
		     DCM_ContentTime, DCM_AccessionNumber, DCM_ReferringPhysicianName, DCM_StudyID })
		w->Text(empty, "");
	w->Text(DCM_PatientIdentityRemoved, "YES");
	w->Text(DCM_DeidentificationMethod, "none needed: synthetic");
	w->Text(DCM_Manufacturer, f->maker);
	w->Text(DCM_ManufacturerModelName, f->model);
	w->Text(DCM_SoftwareVersions, f->version);
	w->Text(DCM_SeriesNumber, f->for_presentation ? "2" : "1");
	w->Text(DCM_InstanceNumber, std::to_string(f->number));
}

void PutGrey(Writer *w, const struct dicom_film *f)
{
	w->Text(DCM_Modality, "DX");
	w->Text(DCM_PresentationIntentType, f->for_presentation ? "FOR PRESENTATION" : "FOR PROCESSING");
	w->Text(DCM_ImageType, "ORIGINAL\\PRIMARY");
	w->Text(DCM_PhotometricInterpretation, f->photometric);
	w->Text(DCM_PresentationLUTShape, f->lut_shape);
	w->Text(DCM_PixelIntensityRelationship, f->relation);
	w->Text(DCM_RescaleIntercept, "0"); // PS3.3 C.8.11.3: these three are fixed for this kind of image
	w->Text(DCM_RescaleSlope, "1");
	w->Text(DCM_RescaleType, "US");
	w->Real(DCM_WindowCenter, f->window_centre);
	w->Real(DCM_WindowWidth, f->window_width);
	w->Text(DCM_LossyImageCompression, "00");
	w->Text(DCM_BurnedInAnnotation, "NO");
	w->Signed(DCM_PixelIntensityRelationshipSign, f->sign);
	if (std::isfinite(f->radiograph_slope)) {
		w->Text(kPrivateOwner, kOwner, EVR_LO);
		w->Double(kPrivateSlope, f->radiograph_slope);
		w->Double(kPrivateIntercept, f->radiograph_intercept);
	}
}

std::string Pair(const double mm[2])
{
	return Writer::Decimal(mm[0]) + "\\" + Writer::Decimal(mm[1]);
}

void PutPlace(Writer *w, const struct dicom_film *f)
{
	w->Text(DCM_BodyPartExamined, f->body_part);
	w->Text(DCM_ViewPosition, f->view);
	w->Text(DCM_ImageLaterality, f->laterality);
	w->Text(DCM_PatientOrientation, std::string(f->orientation[0]) + "\\" + f->orientation[1]);
	w->Text(DCM_ImagerPixelSpacing, Pair(f->imager_mm));
	w->Text(DCM_PixelSpacing, Pair(f->pixel_mm));
	w->Real(DCM_KVP, f->kvp);
	w->Real(DCM_DistanceSourceToDetector, f->sdd_mm);
	w->Real(DCM_DistanceSourceToPatient, f->sod_mm);
	w->Real(DCM_EstimatedRadiographicMagnificationFactor, f->sdd_mm / f->sod_mm);
	if (std::isfinite(f->relative_exposure))
		w->Text(DCM_RelativeXRayExposure, std::to_string(lround(f->relative_exposure)));
	w->Text(DCM_PositionerType, "NONE");
	w->Text(DCM_DetectorType, "");
	w->Code(DCM_AnatomicRegionSequence, "24136001", "Hip joint");
	w->Code(DCM_ViewCodeSequence, "399348003", "antero-posterior");
	w->Empty(DCM_AcquisitionContextSequence);
}

// False when the film is none that this class may hold: a programmer's error.
bool Fits(const struct dicom_film *f)
{
	return f->cols > 0 && f->rows > 0 && f->cols <= kMostPixels && f->rows <= kMostPixels && f->values &&
	       f->bits_stored >= 8 && f->bits_stored <= 16;
}

void PutPixels(Writer *w, DcmItem *item, const struct dicom_film *f)
{
	std::vector<Uint16> pixels((size_t)(f->rows * f->cols));
	int32_t most = ((int32_t)1 << f->bits_stored) - 1;
	for (size_t i = 0; i < pixels.size(); i++)
		pixels[i] = (Uint16)(f->values[i] < 0 ? 0 : f->values[i] > most ? most : f->values[i]);
	w->Whole(DCM_SamplesPerPixel, 1);
	w->Whole(DCM_Rows, (int)f->rows);
	w->Whole(DCM_Columns, (int)f->cols);
	w->Whole(DCM_BitsAllocated, 16);
	w->Whole(DCM_BitsStored, f->bits_stored);
	w->Whole(DCM_HighBit, f->bits_stored - 1);
	w->Whole(DCM_PixelRepresentation, 0);
	w->Take(item->putAndInsertUint16Array(DCM_PixelData, pixels.data(), (unsigned long)pixels.size()));
}

int Write(const char *path, const struct dicom_film *f)
{
	DcmFileFormat file;
	struct path_output output = {};
	Writer w(file.getDataset());
	if (!Fits(f))
		BUG("a film of %lld x %lld pixels of %d bits", (long long)f->cols, (long long)f->rows,
			f->bits_stored);
	PutWho(&w, f);
	PutGrey(&w, f);
	PutPlace(&w, f);
	PutPixels(&w, file.getDataset(), f);
	if (w.condition().bad())
		return ERR("%s: cannot make a DICOM data set: %s", path, w.condition().text());
	int rc = -1;
	TRY(path_output_name(&output, path));
	{
		OFCondition saved = file.saveFile(output.temporary, EXS_LittleEndianExplicit);
		if (saved.bad()) {
			(void)ERR_OUTPUT("cannot write '%s': %s", path, saved.text());
			goto cleanup;
		}
	}
	rc = path_output_commit(&output);
cleanup:
	path_output_abort(&output);
	return rc;
}

} // namespace

extern "C" bool dicom_available(void)
{
	return true;
}

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
	Hush();
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

extern "C" int dicom_write(const char *path, const struct dicom_film *film)
{
	Hush();
	try {
		return Write(path, film);
	} catch (const std::bad_alloc &) {
		return ERR_RESOURCE("out of memory for the film '%s'", path);
	}
}

#endif
