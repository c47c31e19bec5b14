// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Weights, checkpoints and arrays in the files of other tools. Needs nlohmann-json (Debian: nlohmann-json3-dev); link zlib.
#pragma once

#include <inlay/host.hpp>

#include <inlay/files/checkpoint.hpp>
#include <inlay/files/fingerprint.hpp>
#include <inlay/files/json.hpp>
#include <inlay/files/keras.hpp>
#include <inlay/files/leaves.hpp>
#include <inlay/files/nam.hpp>
#include <inlay/files/npz.hpp>
#include <inlay/files/rtneural.hpp>
#include <inlay/files/safetensors.hpp>
#include <inlay/files/state_dict.hpp>
#include <inlay/files/weights.hpp>
