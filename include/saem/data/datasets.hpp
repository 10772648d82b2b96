#pragma once

#include <saem/base/export.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <vector>

/// Data sets in their official files. A loader takes each file from the first place that has it:
///
///   1. `$SAEM_DATA/NAME/`                          your own copy, with NAME as below
///   2. `$XDG_CACHE_HOME/saem/datasets/NAME/`       what was downloaded before (default `~/.cache`)
///   3. `/usr/share/datasets/NAME/`                 a system package
///   4. the official address, or `$SAEM_DATASETS_URL/NAME/` if that is set: downloaded into 2
///
/// A file is the official `FILE.gz` or, in 1 and 3, also the unpacked `FILE`. What is downloaded is
/// checked by its SHA-256, then and whenever it is used; a damaged copy in the cache is fetched
/// again. Your own files may be a subset or packed anew, so they are checked for being whole and
/// for fitting together.
namespace saem::data {

/// One half of a data set of images: as many labels as images.
struct Split {
  Tensor images;  ///< (N, 28, 28) uint8, 0 is background
  Tensor labels;  ///< (N,) uint8, 0 to 9
};

/// A data set of images, as its makers divided it.
struct ImageDataset {
  Split train;
  Split test;
};

/// Fashion-MNIST: 60,000 + 10,000 grey images of clothes in 10 classes. NAME is `fashion-mnist`.
///
/// @return  images and labels, each a tensor that owns its elements
/// @throws DataError if a file is missing everywhere and cannot be downloaded, is damaged, or
/// cannot be
///         kept; the text says where saem looked and each way to help
/// Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
/// Learning Algorithms", 2017; MIT licence. Thread-safe; processes that download the same file wait
/// for each other.
/// @code
///   const auto [train, test] = tf::data::fashion_mnist();
///   std::cout << train.images.shape() << test.labels.shape();  // (60000, 28, 28)(10000,)
/// @endcode
[[nodiscard]] SAEM_API ImageDataset fashion_mnist();

/// MNIST: 60,000 + 10,000 grey images of handwritten digits. NAME is `mnist`.
///
/// @return  images and labels, each a tensor that owns its elements
/// @throws DataError as `fashion_mnist`
/// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document
/// Recognition", Proceedings of the IEEE, 1998. Thread-safe.
/// @code
///   const auto [train, test] = tf::data::mnist();
///   std::cout << train.images.shape();  // (60000, 28, 28)
/// @endcode
[[nodiscard]] SAEM_API ImageDataset mnist();

/// What the labels 0 to 9 of Fashion-MNIST mean.
/// @code std::cout << tf::data::fashion_mnist_class_names()[9];  // Ankle boot @endcode
[[nodiscard]] SAEM_API const std::vector<std::string>& fashion_mnist_class_names();

/// Where a data set lies on this machine.
struct DatasetStatus {
  std::string name;    ///< of its folder: "fashion-mnist"
  bool found = false;  ///< every file is there
  std::string folder;  ///< where its first file lies; empty if it is nowhere
  std::string cure;    ///< how to get what is missing; empty if it was found
};

/// Every data set that saem can load, whether it is here and where. Reads no contents and downloads
/// nothing.
/// @code for (const auto& set : tf::data::dataset_status()) std::cout << set.name << '\n'; @endcode
[[nodiscard]] SAEM_API std::vector<DatasetStatus> dataset_status();

}  // namespace saem::data

/// Keras' names for the same.
namespace saem::keras::datasets {

namespace fashion_mnist {
/// `tf::data::fashion_mnist` by Keras' name.
/// @code auto [train, test] = keras::datasets::fashion_mnist::load_data(); @endcode
[[nodiscard]] inline data::ImageDataset load_data() { return data::fashion_mnist(); }
}  // namespace fashion_mnist

namespace mnist {
/// `tf::data::mnist` by Keras' name.
/// @code auto [train, test] = keras::datasets::mnist::load_data(); @endcode
[[nodiscard]] inline data::ImageDataset load_data() { return data::mnist(); }
}  // namespace mnist

}  // namespace saem::keras::datasets
