// Writing through DCMTK: what PS3.3 A.26 asks of a digital X-ray image.
#include <cmath>
#include <new>
#include <string>
#include <vector>
#include "host/files/dicom.h"
#include "host/files/dicom_library.h"
#include "host/files/path.h"
#include "host/run/err.h"

extern "C" bool dicom_available(void)
{
#ifdef XBMD_DICOM
	return true;
#else
	return false;
#endif
}

#ifdef XBMD_DICOM

namespace
{

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
		own.setPrivateCreator(kDicomOwner);
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
		w->Text(DicomOwnerTag(), kDicomOwner, EVR_LO);
		w->Double(DicomSlopeTag(), f->radiograph_slope);
		w->Double(DicomInterceptTag(), f->radiograph_intercept);
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
	return f->cols > 0 && f->rows > 0 && f->cols <= kDicomMostPixels && f->rows <= kDicomMostPixels &&
	       f->values && f->bits_stored >= 8 && f->bits_stored <= 16;
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

extern "C" int dicom_write(const char *path, const struct dicom_film *film)
{
	DicomHush();
	try {
		return Write(path, film);
	} catch (const std::bad_alloc &) {
		return ERR_RESOURCE("out of memory for the film '%s'", path);
	}
}

#else

extern "C" int dicom_write(const char *path, const struct dicom_film *)
{
	return ERR_USAGE("cannot write '%s': this build has no DICOM (libdcmtk-dev was missing)", path);
}

#endif
