#!/usr/bin/env python3
"""The gates on population and shape, measured on rendered femora, and on what a film's grey value gives away.
   check.py EXTERNAL.tsv [DEVELOPMENT.tsv [STUDY]]
Prints each figure with its mark; exit code 1 when one is missed."""
import csv
import math
import sys

import fit

COVARIATES = ["woman", "age", "height_cm", "weight_kg", "bmi", "smoker", "alcohol", "steroids", "rheumatoid_arthritis",
              "parental_hip_fracture", "secondary_osteoporosis", "previous_fracture", "treated"]
SHAPE = ["head_diameter_mm", "offset_mm", "neck_shaft_deg", "torsion_deg", "neck_width_mm", "shaft_diameter_mm",
         "bow_per_m", "cortex_shaft_mm", "cortex_neck_mm", "head_distance_mm", "pelvis_scale"]
OSTEOPOROSIS_G_CM2 = {1.0: 0.637, 0.0: 0.681}  # total hip, T = -2.5 (physics-and-clinical.md 4.1), women and men


def read(path):
    with open(path) as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    for row in rows:
        row["woman"] = 1.0 if row.pop("sex") == "F" else 0.0
        for key in row:
            row[key] = float(row[key])
    return rows


def column(rows, name):
    return [r[name] for r in rows]


def moments(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))


def correlation(a, b):
    (ma, sa), (mb, sb) = moments(a), moments(b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b)) / (len(a) - 1) / sa / sb


def explained(rows, names):
    """Adjusted R2 of total-hip aBMD on the columns: what they would explain of people not fitted to."""
    y = column(rows, "abmd_total")
    scale = [moments(column(rows, n)) for n in names]
    x = [[1.0] + [(r[n] - m) / s for n, (m, s) in zip(names, scale) if s > 0] for r in rows]
    _, error = fit.fit(x, y)
    return 1 - error ** 2 / moments(y)[1] ** 2


def area(score, positive):
    high = [s for s, p in zip(score, positive) if p]
    low = [s for s, p in zip(score, positive) if not p]
    return sum((a > b) + 0.5 * (a == b) for a in high for b in low) / (len(high) * len(low))


def slope_per_decade(rows):
    beta, _ = fit.fit([[1.0, r["age"] / 10] for r in rows], column(rows, "abmd_total"))
    return beta[1]


def grey_values(study):
    """Of each visit: mean grey value behind the femora, first film for presentation, and true aBMD of both hips.  Visits with
    metal in a hip are left out: it is measured by nobody."""
    with open(study + "/truth/abmd.tsv") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t") if r["region"] == "total_hip" and r["mean_femur_grey"] != "n/a"]
    visits = {}
    for r in rows:
        visits.setdefault((r["participant_id"], r["session"]), []).append(r)
    visits = {k: v for k, v in visits.items() if all(r["true_abmd_g_cm2"] != "n/a" for r in v)}
    return ([float(v[0]["mean_femur_grey"]) for v in visits.values()],
            [sum(float(r["true_abmd_g_cm2"]) for r in v) / len(v) for v in visits.values()])


def main():
    missed = []

    def mark(name, value, low, high):
        held = low <= value <= high
        print("%-62s %7.3f  [%g, %g]%s" % (name, value, low, high, "" if held else "  MISSED"))
        if not held:
            missed.append(name)

    rows = read(sys.argv[1])
    women, men = [r for r in rows if r["woman"]], [r for r in rows if not r["woman"]]
    total, neck = column(rows, "abmd_total"), column(rows, "abmd_neck")
    osta = [0.2 * (r["age"] - r["weight_kg"]) for r in rows]
    sick = [r["abmd_total"] <= OSTEOPOROSIS_G_CM2[r["woman"]] for r in rows]
    print("external: %d right hips, %d women; total hip %.3f, neck %.3f g/cm2" %
          (len(rows), len(women), moments(total)[0], moments(neck)[0]))
    mark("SD of total-hip aBMD, g/cm2", moments(total)[1], 0.14, 0.16)
    mark("rendered / wanted aBMD", moments([r["abmd_total"] / r["target"] for r in rows])[0], 0.98, 1.02)
    mark("neck / total hip", moments(neck)[0] / moments(total)[0], 0.88, 0.91)
    mark("r of neck and total hip", correlation(total, neck), 0.88, 0.92)
    mark("r of aBMD and BMI, women", correlation(column(women, "abmd_total"), column(women, "bmi")), 0.2, 0.46)
    mark("slope by age, women, g/cm2 a decade", slope_per_decade(women), -0.105, -0.065)
    mark("slope by age, men, g/cm2 a decade", slope_per_decade(men), -0.055, -0.01)
    mark("covariates: R", math.sqrt(explained(rows, COVARIATES)), 0.60, 0.80)
    mark("covariates and all shape: R2", explained(rows, COVARIATES + SHAPE), 0, 0.65)
    mark("OSTA: AUC for T <= -2.5", area(osta, sick), 0.75, 0.88)
    if len(sys.argv) > 2:
        rows = read(sys.argv[2])
        print("development: %d right hips" % len(rows))
        mark("SD of total-hip aBMD, g/cm2", moments(column(rows, "abmd_total"))[1], 0.088, 0.112)
    if len(sys.argv) > 3:
        grey, abmd = grey_values(sys.argv[3])
        print("films: %d visits to seven sites" % len(grey))
        mark("|r| of the femur's mean grey value and aBMD", abs(correlation(grey, abmd)), 0, 0.6)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
