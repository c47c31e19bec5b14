// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a microcontroller never sees: data sets, files, training loops, reports. Link zlib.
#pragma once

#include <inlay/inlay.hpp>

#include <inlay/host/augmentation.hpp>
#include <inlay/host/confusion_matrix.hpp>
#include <inlay/host/csv.hpp>
#include <inlay/host/csv_table.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/diagnose.hpp>
#include <inlay/host/diagnosis.hpp>
#include <inlay/host/diagram.hpp>
#include <inlay/host/export.hpp>
#include <inlay/host/file.hpp>
#include <inlay/host/fit.hpp>
#include <inlay/host/fit_options.hpp>
#include <inlay/host/header_text.hpp>
#include <inlay/host/heap.hpp>
#include <inlay/host/idx.hpp>
#include <inlay/host/k_fold.hpp>
#include <inlay/host/memory_table.hpp>
#include <inlay/host/metrics.hpp>
#include <inlay/host/number.hpp>
#include <inlay/host/parallel_trainer.hpp>
#include <inlay/host/pictures.hpp>
#include <inlay/host/predict.hpp>
#include <inlay/host/progress_bar.hpp>
#include <inlay/host/samples.hpp>
#include <inlay/host/sampling.hpp>
#include <inlay/host/scaling.hpp>
#include <inlay/host/search.hpp>
#include <inlay/host/source_text.hpp>
#include <inlay/host/spelling.hpp>
#include <inlay/host/splits.hpp>
#include <inlay/host/statistics.hpp>
#include <inlay/host/summary.hpp>
#include <inlay/host/thread_pool.hpp>
#include <inlay/host/type_parts.hpp>
