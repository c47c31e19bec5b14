// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
//     export_models VERSION FOLDER     writes the headers that test_export.cpp includes; VERSION is the project's
#include "exported_models.hpp"

#include <inlay/host/export.hpp>

#include <cstdio>

int main(int count, char** arguments) {
    if (count != 3) return 2;
    if (arguments[1] != std::string_view(inlay::version)) {
        std::fprintf(stderr, "core/version.hpp says %s, meson.build %s\n", inlay::version, arguments[1]);
        return 1;
    }
    const std::filesystem::path folder = arguments[2];
    try {
        using namespace models;
        inlay::export_header(trained<digits>(1), folder / "exported_digits.hpp",
                             {.name_space = "exported::digits",
                              .provenance = {"Not trained at all.\nA path: C:\\", "*/ \"quoted\" ?\?/"},
                              .date = "2024-05-01"});
        const std::vector<image::input_type> golden(3);
        inlay::export_header(trained<image>(2), folder / "exported_image.hpp", {.golden = golden});
        inlay::export_header(trained<sequence>(3), folder / "exported_sequence.hpp");
        inlay::export_header(trained<tokens>(6), folder / "exported_tokens.hpp");
        inlay::export_header(trained<bytes>(7), folder / "exported_bytes.hpp");
        inlay::export_header(trained<kept>(8), folder / "exported_kept.hpp");
        inlay::export_header(trained<models::options>(10), folder / "exported_options.hpp");
        inlay::export_header(trained<integers>(9), folder / "exported_integers.hpp");
        inlay::export_header(trained<nested>(4), folder / "exported_nested.hpp",
                             {.includes = {"host/exported_models.hpp"}});
        inlay::export_header(trained<precise>(5), folder / "exported_precise.hpp");
        inlay::export_header(normed_and_trained(), folder / "exported_normed.hpp");
        inlay::export_header(fold(normed_and_trained()), folder / "exported_folded.hpp");
        inlay::export_header(bare{}, folder / "exported_bare.hpp");
        std::filesystem::create_directory(folder / "exported_names");
        std::string all;
        for (const std::string name : names_of_the_library) {
            inlay::export_header(bare{}, folder / "exported_names" / (name + ".hpp"));
            all += "#include \"exported_names/" + name + ".hpp\"\n";
        }
        inlay::replace_file(folder / "exported_names.hpp", all);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
