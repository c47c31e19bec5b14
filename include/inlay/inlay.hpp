// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Neural networks that are C++ types. Everything here runs without heap, exceptions or an operating system; what needs
// those is in <inlay/host.hpp>.
#pragma once

// First, so that messages about a network are short: compilers print by which way they came to the header.
#include <inlay/network/topology.hpp>
#include <inlay/network/view.hpp>

#include <inlay/core/argmax.hpp>
#include <inlay/core/denormals.hpp>
#include <inlay/core/version.hpp>
#include <inlay/layers/activations.hpp>
#include <inlay/layers/attention.hpp>
#include <inlay/layers/batch_norm.hpp>
#include <inlay/layers/causal_conv1d.hpp>
#include <inlay/layers/conv2d.hpp>
#include <inlay/layers/dense.hpp>
#include <inlay/layers/dropout.hpp>
#include <inlay/layers/embedding.hpp>
#include <inlay/layers/flatten.hpp>
#include <inlay/layers/gru.hpp>
#include <inlay/layers/last_step.hpp>
#include <inlay/layers/lstm.hpp>
#include <inlay/layers/max_pool2d.hpp>
#include <inlay/layers/softmax.hpp>
#include <inlay/loss/classification.hpp>
#include <inlay/loss/regression.hpp>
#include <inlay/network/any_of.hpp>
#include <inlay/network/composites.hpp>
#include <inlay/network/folded.hpp>
#include <inlay/network/frozen.hpp>
#include <inlay/network/initialize.hpp>
#include <inlay/network/memory.hpp>
#include <inlay/network/network.hpp>
#include <inlay/network/packed.hpp>
#include <inlay/network/self_test.hpp>
#include <inlay/network/stored_as.hpp>
#include <inlay/optimizer/adagrad.hpp>
#include <inlay/optimizer/adam.hpp>
#include <inlay/optimizer/groups.hpp>
#include <inlay/optimizer/rmsprop.hpp>
#include <inlay/optimizer/schedule.hpp>
#include <inlay/optimizer/sgd.hpp>
#include <inlay/training/differentiate.hpp>
#include <inlay/training/online_trainer.hpp>
#include <inlay/training/trainer.hpp>
