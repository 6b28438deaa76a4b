// The loss operators of kernels/ against the oracle.
#include "tests/gpu/parity.h"

#include "kernels/gradient_correlation.h"
#include "kernels/gradient_correlation_field.h"
#include "kernels/gradient_correlation_grad.h"
#include "kernels/intensity_sum.h"
#include "kernels/intensity_sum_grad.h"
#include "kernels/l1.h"
#include "kernels/l1_grad.h"
#include "kernels/loss_total.h"
#include "kernels/lsgan.h"
#include "kernels/lsgan_grad.h"

namespace
{

constexpr Store E = Store::kElem, M = Store::kMaster, D = Store::kDouble;
constexpr int64_t kSamples = 2, kH = 17, kW = 13, kChannels = 3, kPixels = kH * kW;
constexpr int64_t kInner = (kH - 2) * (kW - 2), kN = kSamples * kPixels * kChannels;

class Losses : public Parity
{
};
INSTANTIATE_TEST_SUITE_P(On, Losses, PARITY_DEVICES, ParityName);

TEST_P(Losses, L1)
{
	for (int64_t run : { 100, 1024, 5000 })
		Check("l1", [run](Bench &b) {
			int64_t groups = (kN + run - 1) / run;
			struct l1_args a = {};
			a.part = (double *)b.Out(D, groups);
			a.a = b.In(E, Values(kN, 1));
			a.b = b.In(E, Values(kN, 2));
			a.n = kN;
			a.run = run;
			return l1(b.device(), &a, groups, run);
		});
	Check("l1_grad", [](Bench &b) {
		struct l1_grad_args a = {};
		a.da = b.Out(E, kN);
		a.a = b.In(E, Values(kN, 1));
		a.b = b.In(E, Values(kN, 2));
		a.factor = 0.5;
		return l1_grad(b.device(), &a, kN);
	});
}

TEST_P(Losses, LeastSquaresAndTotal)
{
	Check("lsgan", [](Bench &b) {
		const int64_t run = 200, groups = (kN + run - 1) / run;
		struct lsgan_args a = {};
		a.part = (double *)b.Out(D, groups);
		a.x = b.In(E, Values(kN, 1));
		a.n = kN;
		a.run = run;
		a.target = 1;
		return lsgan(b.device(), &a, groups, run);
	});
	Check("lsgan_grad", [](Bench &b) {
		struct lsgan_grad_args a = {};
		a.dx = b.InOut(E, Values(kN, 1));
		a.x = b.In(E, Values(kN, 2));
		a.accumulate = 1;
		a.target = 1;
		a.factor = 0.25;
		return lsgan_grad(b.device(), &a, kN);
	});
	Check("loss_total", [](Bench &b) {
		struct loss_total_args a = {};
		a.value = b.Out(M, 1);
		a.part = (const double *)b.In(D, Values(777, 1));
		a.factor = 1.0 / 777;
		return loss_total(b.device(), &a, 1, 777);
	});
}

TEST_P(Losses, IntensitySum)
{
	Check("intensity_sum", [](Bench &b) {
		struct intensity_sum_args a = {};
		a.part = (double *)b.Out(D, kSamples * kChannels);
		a.difference = (double *)b.Out(D, kSamples * kChannels);
		a.a = b.In(E, Values(kN, 1, 0, 2));
		a.b = b.In(E, Values(kN, 2));
		a.pixels = kPixels;
		a.channels = kChannels;
		return intensity_sum(b.device(), &a, kSamples, kPixels);
	});
	Check("intensity_sum_grad", [](Bench &b) {
		struct intensity_sum_grad_args a = {};
		a.da = b.Out(E, kN);
		a.difference = (const double *)b.In(D, { -1, 0, 2, 3, -4, 5 });
		a.pixels = kPixels;
		a.channels = kChannels;
		a.factor = 0.125;
		return intensity_sum_grad(b.device(), &a, kSamples * kPixels);
	});
}

TEST_P(Losses, GradientCorrelation)
{
	Check("gradient_correlation", [](Bench &b) {
		struct gradient_correlation_args a = {};
		a.part = (double *)b.Out(D, kSamples * kChannels);
		a.saved = (double *)b.Out(D, kSamples * kChannels * 2 * GRADIENT_CORRELATION_SIZE);
		a.a = b.In(E, Values(kN, 1));
		a.b = b.In(E, Values(kN, 2));
		a.h = kH;
		a.w = kW;
		a.channels = kChannels;
		a.epsilon = 1e-6;
		return gradient_correlation(b.device(), &a, kSamples, kInner);
	});
	for (int64_t swapped : { 0, 1 })
		Check("gradient_correlation_field", [swapped](Bench &b) {
			struct gradient_correlation_field_args a = {};
			a.field_x = b.Out(M, kSamples * kInner * kChannels);
			a.field_y = b.Out(M, kSamples * kInner * kChannels);
			a.saved = (const double *)b.In(
				D, Values(kSamples * kChannels * 2 * GRADIENT_CORRELATION_SIZE, 1));
			a.a = b.In(E, Values(kN, 2));
			a.b = b.In(E, Values(kN, 3));
			a.h = kH;
			a.w = kW;
			a.channels = kChannels;
			a.swapped = swapped;
			return gradient_correlation_field(b.device(), &a, kSamples * kInner);
		});
	Check("gradient_correlation_grad", [](Bench &b) {
		struct gradient_correlation_grad_args a = {};
		a.da = b.Out(E, kN);
		a.field_x = b.In(M, Values(kSamples * kInner * kChannels, 1));
		a.field_y = b.In(M, Values(kSamples * kInner * kChannels, 2));
		a.h = kH;
		a.w = kW;
		a.channels = kChannels;
		a.factor = -0.5;
		return gradient_correlation_grad(b.device(), &a, kSamples * kPixels);
	});
}

} // namespace
