// .npz archives: zip files of .npy files.
#include <algorithm>
#include <saem/formats/npz.hpp>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "formats/npy/array.hpp"
#include "formats/npz/zip.hpp"

namespace saem::numpy {
namespace {

constexpr std::string_view kSuffix = ".npy";

bool is_array(std::string_view entry) { return entry.ends_with(kSuffix); }

std::string array_name(std::string_view entry) {
  return std::string(entry.substr(0, entry.size() - kSuffix.size()));
}

/// The entry that a reader stands at.
class EntrySource : public ByteSource {
 public:
  EntrySource(const File& file, ZipReader& reader)
      : name_(fmt::format("{} of {}", reader.name(), file.path())), reader_(reader) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::int64_t size() const override { return reader_.size(); }
  std::size_t read_up_to(std::span<std::byte> to) override { return reader_.read_up_to(to); }

 private:
  std::string name_;
  ZipReader& reader_;
};

Tensor read_entry(const char* op, const File& file, ZipReader& reader, const LoadOptions& options) {
  EntrySource source(file, reader);
  return place(read_array(op, source, options));
}

void check_name(const char* op, const std::string& name) {
  if (!name.empty() && name.find('\0') == std::string::npos) return;
  raise<ValueError>(op, "an array's name is not empty and has no zero byte, got \"{}\"",
                    name.substr(0, name.find('\0')));
}

void write_arrays(const char* op, const std::string& path,
                  const std::map<std::string, Tensor>& arrays, bool compressed) {
  for (const auto& [name, tensor] : arrays) {
    check_name(op, name);
    (void)tensor.data();  // throws for what has no elements, before there is a file
  }
  ZipWriter writer(op, path, compressed);
  for (const auto& [name, tensor] : arrays) {
    const Tensor array = writable_array(tensor);
    writer.begin(name + std::string(kSuffix), array_bytes(array));
    write_array(array, [&](std::span<const std::byte> bytes) { writer.write(bytes); });
  }
  writer.finish();
}

}  // namespace

class NpzFile::Archive {
 public:
  explicit Archive(const std::string& path)
      : file_(kOp, path, File::Mode::kRead, "check the path and its permissions") {
    for (ZipReader reader(kOp, file_); reader.next();) {
      if (!is_array(reader.name())) continue;
      std::string name = array_name(reader.name());
      if (has(name)) {
        raise<DataError>(kOp, "{} is damaged: it holds {} twice; get the file again", path,
                         reader.name());
      }
      names_.push_back(std::move(name));
    }
  }

  static constexpr const char* kOp = "numpy.NpzFile";

  [[nodiscard]] const File& file() const { return file_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

 private:
  File file_;
  std::vector<std::string> names_;
};

NpzFile::NpzFile(const std::string& path) : archive_(std::make_shared<const Archive>(path)) {}

const std::vector<std::string>& NpzFile::names() const { return archive_->names(); }

bool NpzFile::contains(const std::string& name) const { return archive_->has(name); }

Tensor NpzFile::get(const std::string& name, const LoadOptions& options) const {
  const File& file = archive_->file();
  for (ZipReader reader(Archive::kOp, file); reader.next();) {
    if (is_array(reader.name()) && array_name(reader.name()) == name) {
      return read_entry(Archive::kOp, file, reader, options);
    }
  }
  raise<DataError>(Archive::kOp, "{} has no array \"{}\"; it has: {}", file.path(), name,
                   fmt::join(names(), ", "));
}

std::map<std::string, Tensor> load_npz(const std::string& path, const LoadOptions& options) {
  constexpr const char* kOp = "numpy.load_npz";
  const File file(kOp, path, File::Mode::kRead, "check the path and its permissions");
  std::map<std::string, Tensor> arrays;
  for (ZipReader reader(kOp, file); reader.next();) {
    if (!is_array(reader.name())) continue;
    const auto [at, added] =
        arrays.emplace(array_name(reader.name()), read_entry(kOp, file, reader, options));
    if (!added) {
      raise<DataError>(kOp, "{} is damaged: it holds {} twice; get the file again", path,
                       reader.name());
    }
  }
  return arrays;
}

void savez(const std::string& path, const std::map<std::string, Tensor>& arrays) {
  write_arrays("numpy.savez", path, arrays, false);
}

void savez_compressed(const std::string& path, const std::map<std::string, Tensor>& arrays) {
  write_arrays("numpy.savez_compressed", path, arrays, true);
}

}  // namespace saem::numpy
