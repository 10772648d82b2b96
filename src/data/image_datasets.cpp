// Fashion-MNIST and MNIST: the same four IDX files, from different makers.

#include <algorithm>
#include <array>
#include <future>
#include <saem/data/datasets.hpp>
#include <span>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "data/fetch.hpp"
#include "data/idx.hpp"

namespace saem::data {
namespace {

constexpr std::int64_t kImageSide = 28;
constexpr int kClasses = 10;

/// What the files of such a set are, in this order.
enum FileIndex : std::size_t { kTrainImages, kTrainLabels, kTestImages, kTestLabels };

// Checksums and lengths of the files as their makers publish them
// (https://github.com/zalandoresearch/ fashion-mnist gives MD5 sums, with which these agree).
constexpr PublishedFile kFashionMnistFiles[] = {
    {"train-images-idx3-ubyte.gz",
     "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880},
    {"train-labels-idx1-ubyte.gz",
     "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515},
    {"t10k-images-idx3-ubyte.gz",
     "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102},
    {"t10k-labels-idx1-ubyte.gz",
     "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148}};
constexpr const char* kFashionMnistAddresses[] = {
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"};

constexpr PublishedFile kMnistFiles[] = {
    {"train-images-idx3-ubyte.gz",
     "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9912422},
    {"train-labels-idx1-ubyte.gz",
     "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881},
    {"t10k-images-idx3-ubyte.gz",
     "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877},
    {"t10k-labels-idx1-ubyte.gz",
     "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542}};
constexpr const char* kMnistAddresses[] = {"https://storage.googleapis.com/cvdf-datasets/mnist/",
                                           "https://ossci-datasets.s3.amazonaws.com/mnist/"};

constexpr DatasetSource kFashionMnist{.op = "fashion_mnist",
                                      .folder = "fashion-mnist",
                                      .package = "dataset-fashion-mnist",
                                      .addresses = kFashionMnistAddresses,
                                      .files = kFashionMnistFiles};
constexpr DatasetSource kMnist{.op = "mnist",
                               .folder = "mnist",
                               .package = nullptr,
                               .addresses = kMnistAddresses,
                               .files = kMnistFiles};
constexpr const DatasetSource* kSources[] = {&kFashionMnist, &kMnist};

Tensor read_found(const DatasetSource& source, const FoundFile& found) {
  try {
    return read_idx_as(source.op, found.path);
  } catch (const DataError& damage) {
    throw DataError(fmt::format("{}; {}", damage.what(), found.cure));
  }
}

Split read_split(const DatasetSource& source, const FoundFile& image_file,
                 const FoundFile& label_file) {
  Split split{read_found(source, image_file), read_found(source, label_file)};
  const Tensor& images = split.images;
  const Tensor& labels = split.labels;
  if (images.dtype() != uint8 || images.rank() != 3 || images.shape(1) != kImageSide ||
      images.shape(2) != kImageSide) {
    raise<DataError>(source.op, "{} holds {} {}, where images are uint8 (N, {}, {}); {}",
                     image_file.path, images.dtype().name(), images.shape().to_string(), kImageSide,
                     kImageSide, image_file.cure);
  }
  if (labels.dtype() != uint8 || labels.rank() != 1 || labels.shape(0) != images.shape(0)) {
    raise<DataError>(source.op, "{} holds {} {}, where {} needs uint8 ({},), a label an image; {}",
                     label_file.path, labels.dtype().name(), labels.shape().to_string(),
                     image_file.path, images.shape(0), label_file.cure);
  }
  const std::span<const std::uint8_t> values = labels.span<std::uint8_t>();
  const auto wrong =
      std::find_if(values.begin(), values.end(), [](int v) { return v >= kClasses; });
  if (wrong != values.end()) {
    raise<DataError>(source.op, "{} has label {} at {}, where labels are 0 to {}; {}",
                     label_file.path, int{*wrong}, wrong - values.begin(), kClasses - 1,
                     label_file.cure);
  }
  return split;
}

Split placed(const Split& split) { return {place(split.images), place(split.labels)}; }

ImageDataset load(const DatasetSource& source) {
  const Places places = Places::from_environment();
  std::array<FoundFile, 4> found;
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i] = fetch_file(source, source.files[i], places);
  }
  // Unpacking is most of the work, and the halves have nothing to do with each other.
  std::future<Split> test = std::async(std::launch::async, [&] {
    return read_split(source, found[kTestImages], found[kTestLabels]);
  });
  const Split train = read_split(source, found[kTrainImages], found[kTrainLabels]);
  return {placed(train), placed(test.get())};
}

}  // namespace

ImageDataset fashion_mnist() { return load(kFashionMnist); }

ImageDataset mnist() { return load(kMnist); }

const std::vector<std::string>& fashion_mnist_class_names() {
  static const std::vector<std::string> names{"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                              "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                              "Bag",         "Ankle boot"};
  return names;
}

std::vector<DatasetStatus> dataset_status() {
  const Places places = Places::from_environment();
  std::vector<DatasetStatus> all;
  for (const DatasetSource* source : kSources) {
    DatasetStatus status{.name = source->folder, .found = true, .folder = {}, .cure = {}};
    for (const PublishedFile& file : source->files) {
      const std::string path = find_file(*source, file, places);
      status.found = status.found && !path.empty();
      if (status.folder.empty()) status.folder = path.substr(0, path.find_last_of('/'));
    }
    if (!status.found) status.cure = cures_for(*source);
    all.push_back(std::move(status));
  }
  return all;
}

}  // namespace saem::data
