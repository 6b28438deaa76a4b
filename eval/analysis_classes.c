#include <math.h>
#include <stdio.h>

#include "eval/analysis_diagnosis.h"
#include "eval/stats/kappa.h"
#include "eval/stats/roc.h"
#include "eval/stats/two_by_two.h"
#include "host/run/err.h"

enum { CLASSES = 3 };
static const char *const names[CLASSES] = { "normal", "milder", "diseased" };

/* AUC of the rows of two classes, the worse one as case. */
static int pair_auc(double *auc, const struct sample *s, int better, int worse, struct memory *work)
{
	struct roc roc;
	double *score = work->data;
	uint8_t *is_case = (uint8_t *)(score + s->n);
	int64_t n = 0;
	for (int64_t i = 0; i < s->n; i++) {
		if (s->class_reference[i] != better && s->class_reference[i] != worse)
			continue;
		score[n] = s->score[i];
		is_case[n++] = s->class_reference[i] == worse;
	}
	if (roc_init(&roc, score, is_case, n, ROC_LOWER_IS_CASE) != 0)
		return -1;
	*auc = roc.auc;
	roc_free(&roc);
	return 0;
}

static int add_pairs(struct estimates *e, const struct sample *s)
{
	int rc = -1;
	struct memory work = { 0 };
	double sum = 0;
	TRY(memory_alloc(&work, NULL, (size_t)s->n * 9, "rows of two classes"));
	for (int better = 0; better < CLASSES; better++)
		for (int worse = better + 1; worse < CLASSES; worse++) {
			char statistic[64];
			double auc;
			TRY(pair_auc(&auc, s, better, worse, &work));
			snprintf(statistic, sizeof(statistic), "classes_auc_%s_%s", names[better],
				names[worse]);
			estimates_value(e, statistic, auc, NULL, "a class is empty");
			sum += auc / 3;
		}
	estimates_value(e, "classes_auc_mean", sum, "mean over the pairs of classes (Hand and Till)",
		"a class is empty");
	rc = 0;
cleanup:
	memory_free(&work);
	return rc;
}

int analysis_classes(struct estimates *e, const struct sample *s)
{
	int64_t count[CLASSES * CLASSES] = { 0 }, right = 0;
	char statistic[64];
	struct kappa kappa;
	if (!s->class_reference)
		return 0;
	estimates_group(e, s->level, s->group, s->n);
	for (int64_t i = 0; i < s->n; i++)
		count[CLASSES * s->class_reference[i] + s->class_prediction[i]]++;
	for (int a = 0; a < CLASSES; a++) {
		int64_t total = 0;
		for (int b = 0; b < CLASSES; b++) {
			snprintf(statistic, sizeof(statistic), "classes_n_%s_called_%s", names[a], names[b]);
			estimates_value(e, statistic, (double)count[CLASSES * a + b], NULL, NULL);
			total += count[CLASSES * a + b];
		}
		struct proportion found = proportion_of(count[CLASSES * a + a], total);
		snprintf(statistic, sizeof(statistic), "classes_recall_%s", names[a]);
		estimates_add(e, statistic, found.value, found.wilson, "Wilson", "the class is empty");
		right += found.x;
	}
	struct proportion accuracy = proportion_of(right, s->n);
	estimates_add(e, "classes_accuracy", accuracy.value, accuracy.wilson, "Wilson", "no row");
	kappa_compute(&kappa, count, CLASSES, KAPPA_UNWEIGHTED);
	estimates_add(e, "classes_kappa", kappa.value, kappa.ci, "Cohen", "all rows in one class");
	kappa_compute(&kappa, count, CLASSES, KAPPA_QUADRATIC);
	estimates_add(e, "classes_kappa_quadratic", kappa.value, kappa.ci, "quadratic weights",
		"all rows in one class");
	return add_pairs(e, s);
}
