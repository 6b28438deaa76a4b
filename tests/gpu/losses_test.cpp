// The loss operators of kernels/ against the oracle.
#include "tests/gpu/parity.h"

#include <cmath>

#include "kernels/class_loss.h"
#include "kernels/class_loss_grad.h"
#include "kernels/gradient_correlation.h"
#include "kernels/gradient_correlation_field.h"
#include "kernels/gradient_correlation_grad.h"
#include "kernels/intensity_sum.h"
#include "kernels/intensity_sum_grad.h"
#include "kernels/loss_total.h"
#include "kernels/moment_loss.h"
#include "kernels/moment_loss_grad.h"
#include "kernels/point_loss.h"
#include "kernels/point_loss_grad.h"

namespace
{

constexpr Store E = Store::kElem, M = Store::kMaster, D = Store::kDouble;
constexpr int64_t kSamples = 2, kH = 17, kW = 13, kChannels = 3, kPixels = kH * kW;
constexpr int64_t kInner = (kH - 2) * (kW - 2), kN = kSamples * kPixels * kChannels;

class Losses : public Parity
{
};
INSTANTIATE_TEST_SUITE_P(On, Losses, PARITY_DEVICES, ParityName);

const enum point_loss_kind kKinds[] = { POINT_LOSS_L1, POINT_LOSS_L2, POINT_LOSS_HUBER, POINT_LOSS_BCE,
	POINT_LOSS_HINGE, POINT_LOSS_LINEAR, POINT_LOSS_GAUSSIAN };

TEST_P(Losses, OfElements)
{
	for (enum point_loss_kind kind : kKinds)
		for (int form = 0; form < 3; form++) // 0: two tensors; 1: a constant; 2: with weights
			Check("point_loss " + std::to_string(kind) + ", form " + std::to_string(form), [=](Bench &b) {
				const int64_t run = 200, groups = (kN + run - 1) / run;
				struct point_loss_args a = {};
				a.part = (double *)b.Out(D, groups);
				a.of.x = b.In(E, Values(kN, 1, -2, 2));
				a.of.t = form == 1 ? nullptr : b.In(E, Values(kN, 2, 0, 1));
				a.of.v = kind == POINT_LOSS_GAUSSIAN ? b.In(E, Values(kN, 3)) : nullptr;
				a.of.weight = form == 2 ? b.In(E, Values(kSamples, 4, 0, 2)) : nullptr;
				a.n = kN;
				a.run = run;
				a.of.sample = kN / kSamples;
				a.of.kind = kind;
				a.of.target = 1;
				a.of.delta = 0.5;
				return point_loss(b.device(), &a, groups, run);
			});
}

TEST_P(Losses, OfElementsGradient)
{
	for (enum point_loss_kind kind : kKinds)
		for (int64_t by : { 0, 1, 2 })
			for (int64_t accumulate : { 0, 1 })
				Check("point_loss_grad " + std::to_string(kind) + " by " + std::to_string(by), [=](Bench &b) {
					struct point_loss_grad_args a = {};
					a.gradient = accumulate ? b.InOut(E, Values(kN, 5)) : b.Out(E, kN);
					a.of.x = b.In(E, Values(kN, 1, -2, 2));
					a.of.t = b.In(E, Values(kN, 2, 0, 1));
					a.of.v = kind == POINT_LOSS_GAUSSIAN ? b.In(E, Values(kN, 3)) : nullptr;
					a.of.weight = b.In(E, Values(kSamples, 4, 0, 2));
					a.of.sample = kN / kSamples;
					a.by = by;
					a.accumulate = accumulate;
					a.of.kind = kind;
					a.of.delta = 0.5;
					a.factor = 0.25;
					return point_loss_grad(b.device(), &a, kN);
				});
}

TEST_P(Losses, OfImages)
{
	for (enum moment_loss_kind kind : { MOMENT_LOSS_NCC, MOMENT_LOSS_DICE }) {
		Check("moment_loss", [kind](Bench &b) {
			struct moment_loss_args a = {};
			a.part = (double *)b.Out(D, kSamples * kChannels);
			a.saved = (double *)b.Out(D, kSamples * kChannels * 2 * MOMENT_LOSS_SAVED);
			a.a = b.In(E, Values(kN, 1, 0, 1));
			a.b = b.In(E, Values(kN, 2, 0, 1));
			a.weight = b.In(E, Values(kSamples, 3, 0, 2));
			a.pixels = kPixels;
			a.channels = kChannels;
			a.kind = kind;
			a.epsilon = 1;
			return moment_loss(b.device(), &a, kSamples, kPixels);
		});
		Check("moment_loss_grad", [kind](Bench &b) {
			struct moment_loss_grad_args a = {};
			a.da = kind == MOMENT_LOSS_NCC ? b.InOut(E, Values(kN, 4)) : b.Out(E, kN);
			a.a = b.In(E, Values(kN, 1));
			a.b = b.In(E, Values(kN, 2));
			a.saved = (const double *)b.In(D, Values(kSamples * kChannels * 2 * MOMENT_LOSS_SAVED, 3));
			a.pixels = kPixels;
			a.channels = kChannels;
			a.swapped = kind == MOMENT_LOSS_NCC;
			a.accumulate = kind == MOMENT_LOSS_NCC;
			a.factor = 0.5;
			return moment_loss_grad(b.device(), &a, kSamples * kPixels);
		});
	}
}

TEST_P(Losses, OfClasses)
{
	const int64_t rows = kSamples * kPixels, run = 100, groups = (rows + run - 1) / run;
	for (int64_t classes : { 0, 1 }) {
		std::vector<double> target = Values(classes ? rows : kN, 2, 0, 1);
		for (double &t : target)
			t = classes ? std::floor(4 * t) - 1 : t; // also outside the classes
		Check("class_loss", [=](Bench &b) {
			struct class_loss_args a = {};
			a.part = (double *)b.Out(D, groups);
			a.x = b.In(E, Values(kN, 1, -2, 2));
			a.target = b.In(E, target);
			a.top = b.In(M, Values(rows, 3));
			a.sum = b.In(M, Values(rows, 4, 1, 3));
			a.weight = b.In(E, Values(kSamples, 5, 0, 2));
			a.rows = rows;
			a.channels = kChannels;
			a.classes = classes;
			a.run = run;
			a.sample = kPixels;
			return class_loss(b.device(), &a, groups, run);
		});
		Check("class_loss_grad", [=](Bench &b) {
			struct class_loss_grad_args a = {};
			a.dx = classes ? b.InOut(E, Values(kN, 6)) : b.Out(E, kN);
			a.x = b.In(E, Values(kN, 1, -2, 2));
			a.target = b.In(E, target);
			a.top = b.In(M, Values(rows, 3));
			a.sum = b.In(M, Values(rows, 4, 1, 3));
			a.weight = b.In(E, Values(kSamples, 5, 0, 2));
			a.channels = kChannels;
			a.classes = classes;
			a.sample = kPixels;
			a.accumulate = classes;
			a.factor = 0.5;
			return class_loss_grad(b.device(), &a, rows);
		});
	}
}

TEST_P(Losses, Total)
{
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
