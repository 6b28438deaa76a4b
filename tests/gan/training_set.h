// A training set small enough to train on in a test: blobs whose maps follow from the picture by a simple rule.
#ifndef TESTS_GAN_TRAINING_SET_H
#define TESTS_GAN_TRAINING_SET_H
#include <string>
#include "gan/dataset_file.h"
// n samples of 32 x 32; input = 1 + brightness inside a disc, femur = 0.8 brightness there, and so on.
void WriteTrainingSet(const std::string &path, int n);
sample_view TestView();
#endif
