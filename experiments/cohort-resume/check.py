#!/usr/bin/env python3
"""Checks a study that was killed and resumed.   check.py OUT SUBJECTS KILLS   (what run.sh left in OUT)"""
import csv
import os
import sys
import zlib


def read(path):
    with open(path) as f:
        return list(csv.DictReader(f, delimiter="\t"))


def images(study):
    """Files of participants on disk, below the study."""
    return {os.path.relpath(os.path.join(folder, name), study) for folder, _, names in os.walk(study) for name in names
            if os.path.relpath(folder, study).startswith("sub-")}


def main():
    out, subjects, kills = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    study, sample = os.path.join(out, "study"), os.path.join(out, "sample")
    wrong = []
    people = [r["participant_id"] for r in read(os.path.join(study, "participants.tsv"))]
    if len(people) != subjects or len(set(people)) != subjects:
        wrong.append("%d rows, %d participants, %d wanted" % (len(people), len(set(people)), subjects))
    manifest = read(os.path.join(study, "manifest.tsv"))
    paths = [r["path"] for r in manifest]
    if len(paths) != len(set(paths)):
        wrong.append("a file is listed twice")
    if {p.split("/")[0] for p in paths} != set(people):
        wrong.append("manifest and participants.tsv differ in whom they know")
    for path in images(study) ^ set(paths):
        wrong.append("on one side of disk and manifest only: " + path)
    for row in manifest:
        path = os.path.join(study, row["path"])
        if os.path.exists(path):
            with open(path, "rb") as f:
                data = f.read()
            if len(data) != int(row["bytes"]) or "%08x" % zlib.crc32(data) != row["crc32"]:
                wrong.append("not as the manifest says: " + row["path"])
    compared = 0
    if os.path.isdir(sample):
        listed = {r["path"]: r for r in manifest}
        for row in read(os.path.join(sample, "manifest.tsv")):
            compared += 1
            with open(os.path.join(sample, row["path"]), "rb") as a, open(os.path.join(study, row["path"]), "rb") as b:
                if listed.get(row["path"]) != row or a.read() != b.read():
                    wrong.append("not the bytes of an undisturbed run: " + row["path"])
    print("%d participants, %d files, %d kills; %d files compared with an undisturbed run: %s" %
          (len(people), len(paths), kills, compared, "all as it should be" if not wrong else "%d faults" % len(wrong)))
    for line in wrong[:20]:
        print("  " + line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
