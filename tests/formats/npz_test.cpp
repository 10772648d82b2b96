#include <saem/formats/npz.hpp>
#include <thread>
#include <vector>

#include "support/files.hpp"
#include "support/op_test.hpp"

namespace saem::numpy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;
using ::testing::IsEmpty;
using testing::read_text;
using testing::sample;
using testing::TemporaryFolder;
using testing::write_text;

const std::map<std::string, Tensor>& arrays() {
  static const std::map<std::string, Tensor> made = {{"weights", sample({30, 40}, float32)},
                                                     {"layer/bias", sample({40})},
                                                     {"\u00e4\uc0d8", constant({1, 2, 3})},
                                                     {"nothing", zeros({0, 3})},
                                                     {"scalar", constant(2.5)}};
  return made;
}

void expect_equal(const std::map<std::string, Tensor>& actual) {
  ASSERT_EQ(actual.size(), arrays().size());
  for (const auto& [name, tensor] : arrays()) {
    ASSERT_TRUE(actual.contains(name)) << name;
    EXPECT_TRUE(identical(actual.at(name), tensor)) << name;
  }
}

/// Host memory is what these tests look into, also where new tensors would lie on a GPU.
class Npz : public ::testing::Test {
  DeviceScope scope_ = device("/CPU:0");
};

TEST_F(Npz, WhatIsWrittenIsRead) {
  const TemporaryFolder folder;
  savez(folder / "plain.npz", arrays());
  savez_compressed(folder / "small.npz", arrays());
  for (const char* name : {"plain.npz", "small.npz"}) {
    expect_equal(load_npz(folder / name));
    const NpzFile file(folder / name);
    EXPECT_THAT(file.names(),
                ElementsAre("layer/bias", "nothing", "scalar", "weights", "\u00e4\uc0d8"));
    EXPECT_TRUE(file.contains("nothing"));
    EXPECT_FALSE(file.contains("nothing.npy"));
    for (const auto& [key, tensor] : arrays()) EXPECT_TRUE(identical(file[key], tensor)) << key;
  }
  savez_compressed(folder / "zeros.npz", {{"x", zeros({100000})}});
  EXPECT_LT(read_text(folder / "zeros.npz").size(), 5000u);
  EXPECT_TRUE(identical(NpzFile(folder / "zeros.npz")["x"], zeros({100000})));
}

TEST_F(Npz, NoArrays) {
  const TemporaryFolder folder;
  savez(folder / "none.npz", {});
  EXPECT_THAT(NpzFile(folder / "none.npz").names(), IsEmpty());
  EXPECT_THAT(load_npz(folder / "none.npz"), IsEmpty());
}

TEST_F(Npz, TheSameTensorsMakeTheSameFile) {
  const TemporaryFolder folder;
  savez_compressed(folder / "a.npz", arrays());
  savez_compressed(folder / "b.npz", arrays());
  EXPECT_EQ(read_text(folder / "a.npz"), read_text(folder / "b.npz"));
}

TEST_F(Npz, RawBytesAreWhatTheCallerSays) {
  const TemporaryFolder folder;
  const Tensor x = cast(sample({5}), dtypes::float8_e5m2);
  savez(folder / "x.npz", {{"x", x}});
  const NpzFile file(folder / "x.npz");
  EXPECT_THROW((void)file["x"], DTypeError);
  const LoadOptions options{.dtype = dtypes::float8_e5m2};
  EXPECT_TRUE(identical(file.get("x", options), x));
  EXPECT_TRUE(identical(load_npz(folder / "x.npz", options).at("x"), x));
}

TEST_F(Npz, AnOpenArchiveIsReadByManyThreadsAndOutlivesItsName) {
  const TemporaryFolder folder;
  savez_compressed(folder / "x.npz", arrays());
  const NpzFile file(folder / "x.npz");
  std::filesystem::remove(folder / "x.npz");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round) {
        for (const auto& [key, tensor] : arrays()) EXPECT_TRUE(identical(file[key], tensor));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Npz, Errors) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  savez(path, {{"x", constant({1, 2})}, {"y", constant(1)}});
  EXPECT_EQ(error_of<DataError>([&] { (void)NpzFile(path)["z"]; }),
            "numpy.NpzFile: " + path + " has no array \"z\"; it has: x, y");
  EXPECT_THAT(error_of<DataError>([] { (void)NpzFile("/nowhere/x.npz"); }),
              HasSubstr("cannot open /nowhere/x.npz"));
  EXPECT_THROW(savez(path, {{"", constant(1)}}), ValueError);
  EXPECT_THROW(savez(path, {{std::string("a\0b", 3), constant(1)}}), ValueError);
  EXPECT_THROW(savez(path, {{"x", Tensor()}}), ValueError);
  write_text(path, "this is no zip archive");
  EXPECT_THAT(error_of<DataError>([&] { (void)NpzFile(path); }),
              AllOf(HasSubstr("cannot open " + path + " as a zip archive"),
                    HasSubstr("get the file again")));
  write_text(path, "");
  EXPECT_THROW((void)NpzFile(path), DataError);
  EXPECT_THROW((void)load_npz(path), DataError);
}

TEST_F(Npz, AWrongChecksumIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  savez(path, {{"x", constant({0x12345678, 2})}});
  std::string bytes = read_text(path);
  bytes[bytes.find("\x78\x56\x34\x12")] ^= 1;
  write_text(path, bytes);
  EXPECT_THAT(error_of<DataError>([&] { (void)NpzFile(path)["x"]; }), HasSubstr("CRC"));
  EXPECT_THROW((void)load_npz(path), DataError);
}

TEST_F(Npz, ANameThatIsThereTwice) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  savez(path, {{"aa", constant(1)}, {"ab", constant(2)}});
  std::string bytes = read_text(path);
  for (std::size_t at = 0; (at = bytes.find("ab.npy", at)) != bytes.npos;) bytes[at + 1] = 'a';
  write_text(path, bytes);
  EXPECT_THAT(error_of<DataError>([&] { (void)NpzFile(path); }), HasSubstr("holds aa.npy twice"));
  EXPECT_THAT(error_of<DataError>([&] { (void)load_npz(path); }), HasSubstr("holds aa.npy twice"));
}

TEST_F(Npz, WhateverIsChangedInAFileIsReadOrRefused) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  std::uint32_t state = 7;
  const auto next = [&](std::size_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (const bool compressed : {false, true}) {
    (compressed ? savez_compressed : savez)(
        path, {{"x", sample({20}, float32)}, {"y", constant({1, 2})}});
    const std::string good = read_text(path);
    for (int round = 0; round < 1500; ++round) {
      std::string bytes = good;
      for (std::size_t changes = 1 + next(3); changes > 0; --changes) {
        const std::size_t at = next(bytes.size());
        if (next(4) == 0) {
          bytes.erase(at, 1 + next(8));
        } else {
          bytes[at] = static_cast<char>(next(256));
        }
      }
      write_text(path, bytes);
      try {
        for (const auto& [name, x] : load_npz(path)) EXPECT_LE(x.nbytes(), 1 << 20) << name;
        const NpzFile file(path);
        for (const std::string& name : file.names()) (void)file[name];
      } catch (const Error&) {
      }
    }
  }
}

}  // namespace
}  // namespace saem::numpy
