# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What tools/inlay-import is made of: graph (reads a file), evaluate (NumPy), values, convert (layers), prove (C++)."""
