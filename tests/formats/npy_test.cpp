#include <sys/resource.h>

#include <bit>
#include <csignal>
#include <numbers>
#include <saem/core/memory.hpp>
#include <saem/formats/npy.hpp>
#include <saem/formats/npz.hpp>
#include <saem/ops/transpose.hpp>

#include "support/files.hpp"
#include "support/op_test.hpp"

/// libarchive keeps a deflate stream and an entry's name where writing an entry fails (3.6
/// and 3.7): its own loss, which a test of that failure must bear.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's own name
  return "leak:libarchive\nleak:deflateInit2_\n";
}

namespace saem::numpy {
namespace {

using ::testing::AllOf;
using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;
using testing::read_text;
using testing::sample;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::write_text;
using namespace std::string_literals;

/// A .npy file: version 1.0, or another with a longer field for the length.
std::string npy(const std::string& dictionary, const std::string& elements, int version = 1) {
  std::string text = "\x93NUMPY"s + static_cast<char>(version) + '\0';
  const std::size_t size = dictionary.size();
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    text.push_back(static_cast<char>(size >> (8 * i) & 0xff));
  }
  return text + dictionary + elements;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

Tensor load_text(const std::string& bytes, const LoadOptions& options = {}) {
  const TemporaryFolder folder;
  write_text(folder / "x.npy", bytes);
  return load(folder / "x.npy", options);
}

template <class E = DataError>
std::string refusal(const std::string& bytes, const LoadOptions& options = {}) {
  const std::string text = error_of<E>([&] { (void)load_text(bytes, options); });
  EXPECT_THAT(text, AllOf(StartsWith("numpy.load: "), HasSubstr("x.npy")));
  return text;
}

constexpr DType kAll[] = {
    bool_,  int8, int16,   int32,   int64,     uint8,      uint16,           uint32,
    uint64, half, float32, float64, complex64, complex128, dtypes::bfloat16, dtypes::float8_e5m2};

/// Host memory is what these tests look into, also where new tensors would lie on a GPU.
class Npy : public ::testing::Test {
  DeviceScope scope_ = device("/CPU:0");
};

TEST_F(Npy, EveryDtypeAndShapeIsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  for (const DType dtype : kAll) {
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{5}, Shape{2, 3}, Shape{0}, Shape{2, 0, 3},
                               Shape{1, 2, 1, 2, 1, 2, 1, 3}}) {
      const Tensor x = cast(sample(shape), dtype);
      save(path, x);
      for (const bool mmap : {false, true}) {
        LoadOptions options{.mmap = mmap};
        if (dtype.is_float8()) options.dtype = dtype;
        EXPECT_TRUE(identical(load(path, options), x)) << dtype << shape << mmap;
      }
    }
  }
}

TEST_F(Npy, WritesWhatNumpyWrites) {
  const TemporaryFolder folder;
  save(folder / "x.npy", constant({{1, 2, 3}, {4, 5, 6}}));
  std::string head = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
  head.append(128 - 10 - head.size() - 1, ' ');
  EXPECT_EQ(read_text(folder / "x.npy"),
            npy(head + "\n", "\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0\6\0\0\0"s));
}

TEST_F(Npy, ViewsAreWrittenByRows) {
  const TemporaryFolder folder;
  const Tensor x = transpose(constant({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}));
  save(folder / "x.npy", x);
  EXPECT_TRUE(has_values(load(folder / "x.npy"), {3, 2}, {1, 4, 2, 5, 3, 6}));
}

TEST_F(Npy, EveryVersionOrderAndNotation) {
  const std::string elements = "\1\0\2\0\3\0"s;
  for (const int version : {1, 2, 3}) {
    EXPECT_TRUE(
        has_values(load_text(npy(dictionary("<i2", "(3,)"), elements, version)), {3}, {1, 2, 3}));
  }
  EXPECT_TRUE(
      has_values(load_text(npy(dictionary(">i2", "(3,)"), elements)), {3}, {256, 512, 768}));
  for (const char* text : {"{\"shape\": (3L,), \"descr\": \"<i2\", \"fortran_order\": False}",
                           " { 'fortran_order' :False,\t'shape':( 3 , ) ,'descr':'=i2' } \n\n"}) {
    EXPECT_TRUE(has_values(load_text(npy(text, elements)), {3}, {1, 2, 3}));
  }
}

TEST_F(Npy, BigEndianNumbersAndComplexParts) {
  const auto big = [](auto value) {
    std::string bytes(sizeof(value), '\0');
    std::memcpy(bytes.data(), &value, sizeof(value));
    return std::string(bytes.rbegin(), bytes.rend());
  };
  for (const bool mmap : {false, true}) {
    EXPECT_TRUE(
        has_values(load_text(npy(dictionary(">f8", "()"), big(0.1)), {.mmap = mmap}), {}, {0.1}));
    EXPECT_TRUE(
        has_values(load_text(npy(dictionary(">c16", "(1,)"), big(0.1) + big(2.5)), {.mmap = mmap}),
                   {1}, {0.1, 2.5}));
    EXPECT_TRUE(
        has_values(load_text(npy(dictionary(">c8", "(1,)"), big(0.5f) + big(2.5f)), {.mmap = mmap}),
                   {1}, {0.5, 2.5}));
  }
}

TEST_F(Npy, ColumnsBecomeRowsOrATransposedView) {
  const std::string bytes = npy(dictionary("|u1", "(2, 3)", "True"), "\1\2\3\4\5\6");
  const Tensor x = load_text(bytes);
  EXPECT_TRUE(has_values(x, {2, 3}, {1, 3, 5, 2, 4, 6}));
  EXPECT_TRUE(x.is_contiguous());
  const Tensor mapped = load_text(bytes, {.mmap = true});
  EXPECT_TRUE(has_values(mapped, {2, 3}, {1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(mapped.strides(), (Dims{1, 2}));
}

TEST_F(Npy, AMappedFileIsNotRead) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  const Tensor x = sample({1 << 20}, float32);
  save(path, x);
  const auto before = config::get_memory_info().current;
  const Tensor mapped = load(path, {.mmap = true});
  EXPECT_LT(config::get_memory_info().current, before + 4096);
  EXPECT_TRUE(identical(mapped, x));
  // Unlike its file, a view lives as long as it is needed.
  const Tensor part = mapped(slice(5, 8));
  std::filesystem::remove(path);
  EXPECT_TRUE(identical(part, x(slice(5, 8))));
}

TEST_F(Npy, BoolsAreZeroOrOne) {
  const std::string bytes = npy(dictionary("|b1", "(3,)"), "\0\1\7"s);
  for (const bool mmap : {false, true}) {
    const Tensor x = load_text(bytes, {.mmap = mmap});
    EXPECT_EQ(static_cast<const char*>(x.data())[2], 1);
  }
}

TEST_F(Npy, RawBytesAreWhatTheCallerSays) {
  const std::string two = npy(dictionary("<V2", "(1,)"), "\x80\x3f");
  EXPECT_TRUE(has_values(load_text(two), {1}, {1.0}));
  EXPECT_EQ(load_text(two).dtype(), dtypes::bfloat16);
  const std::string one = npy(dictionary("|V1", "(1,)"), "\x38");
  EXPECT_EQ(load_text(one, {.dtype = dtypes::float8_e4m3fn}).dtype(), dtypes::float8_e4m3fn);
  EXPECT_THAT(refusal<DTypeError>(one), HasSubstr("holds raw bytes (V1), as NumPy writes float8"));
  EXPECT_THAT(refusal<DTypeError>(two, {.dtype = float32}), HasSubstr("which float32 is not made"));
  EXPECT_THAT(refusal<DTypeError>(npy(dictionary("<i4", "()"), "\0\0\0\0"s), {.dtype = float32}),
              HasSubstr("holds int32, not float32; leave .dtype out and tf::cast the tensor"));
}

TEST_F(Npy, ElementsThatAreNoNumbers) {
  for (const char* descr : {"<U3", "|S5", "|O", "<M8[ns]", "<f16", "<c32", "|V12", "<m8", "<i16"}) {
    (void)refusal<DTypeError>(npy(dictionary(descr, "(1,)"), std::string(16, '\0')));
  }
  EXPECT_THAT(refusal<DTypeError>(npy("{'descr': [('a', '<i4'), ('b', '<f4', (2,))], "
                                      "'fortran_order': False, 'shape': (1,), }\n",
                                      "12345678")),
              HasSubstr("holds records (a structured dtype)"));
}

TEST_F(Npy, DamagedHeaders) {
  const std::string good = dictionary("<i4", "(1,)");
  EXPECT_THAT(refusal("hello"), HasSubstr("is no .npy file: it does not start with \\x93NUMPY"));
  EXPECT_THAT(refusal(""), HasSubstr("is no .npy file"));
  EXPECT_THAT(refusal("PK\3\4 and so on"),
              HasSubstr("it is a zip archive: see tf::numpy::NpzFile"));
  EXPECT_THAT(refusal("\x93NUMPY\4\0\0\0\0\0"s), HasSubstr("is of version 4.0"));
  EXPECT_THAT(refusal("\x93NUMPY\1"s), HasSubstr("it ends within its header, after 7 bytes"));
  EXPECT_THAT(refusal(npy(good, "").substr(0, 20)), HasSubstr("it ends within its header"));
  EXPECT_THAT(refusal("\x93NUMPY\2\0\xff\xff\xff\xff"s), HasSubstr("4294967295 bytes, more than"));
  EXPECT_THAT(refusal(npy("", "1234")), HasSubstr("it is no dictionary"));
  for (const char* text :
       {"(1, 2)", "{'descr': '<i4'", "{'descr' '<i4'}", "{,}", "{'a': 1,, }", "{'a\\n': 1}", "nan",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (1,)} x", "{'a': 99999999999999999999}",
        "((((((((((((((((((((((((((((((((1,),),),),),),),),),),),),),),),),),),),),),),),),),),),"
        ")"}) {
    EXPECT_THAT(refusal(npy(text, "1234")), HasSubstr("it is no dictionary")) << text;
  }
  for (const char* text : {"{}", "{'descr': '<i4', 'fortran_order': False}",
                           "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}",
                           "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
                           "{'descr': '<i4', 'fortran_order': False, 7: (1,)}"}) {
    EXPECT_THAT(refusal(npy(text, "1234")), HasSubstr("its keys are not")) << text;
  }
  for (const char* shape : {"(-1,)", "('a',)", "(1, True)"}) {
    EXPECT_THAT(refusal(npy(dictionary("<i4", shape), "1234")), HasSubstr("no tuple of sizes"));
  }
  for (const char* shape : {"(1)", "1", "[1]"}) {
    EXPECT_THAT(refusal(npy(dictionary("<i4", shape), "1234")), HasSubstr("the shape is no tuple"));
  }
  EXPECT_THAT(refusal(npy(dictionary("i4", "(1,)"), "1234")), HasSubstr("descr is no dtype"));
  EXPECT_THAT(refusal(npy(dictionary("<i4", "(1,)", "0"), "1234")), HasSubstr("is no bool"));
  std::string axes = "(";
  for (int i = 0; i < 65; ++i) axes += "1, ";
  EXPECT_THAT(refusal(npy(dictionary("<i4", axes + ")"), "1234")), HasSubstr("65 axes"));
}

TEST_F(Npy, SizesThatDoNotFit) {
  EXPECT_THAT(refusal(npy(dictionary("<i4", "(2, 3)"), "12345678")),
              HasSubstr("is truncated: its header says int32 (2, 3), which is 24 bytes, and 8 "
                        "follow; get the file again"));
  EXPECT_THAT(refusal(npy(dictionary("<i4", "(1,)"), "12345678")),
              HasSubstr("is too long: its header says int32 (1,), which is 4 bytes, and 8 follow"));
  for (const bool mmap : {false, true}) {
    const LoadOptions options{.mmap = mmap};
    EXPECT_THAT(refusal(npy(dictionary("<i4", "(4611686018427387904,)"), ""), options),
                HasSubstr("more bytes than 64 bits can count"));
    EXPECT_THAT(refusal(npy(dictionary("<i4", "(4611686018427387904, 0, 2)"), ""), options),
                HasSubstr("more bytes than 64 bits can count"));
    // A terabyte that is not there is not allocated.
    EXPECT_THAT(refusal(npy(dictionary("|u1", "(1099511627776,)"), "1"), options),
                HasSubstr("is truncated"));
  }
}

TEST_F(Npy, WhateverIsChangedInAFileIsReadOrRefused) {
  const std::string good = npy(dictionary("<i4", "(2, 3)"), std::string(24, '\1'));
  std::uint32_t state = 1;
  const auto next = [&](std::size_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  const TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  constexpr std::string_view kLetters = "0123456789(){}[],:'\"<>|=biufcV? \\\0\xff";
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    for (std::size_t changes = 1 + next(3); changes > 0; --changes) {
      const std::size_t at = next(bytes.size());
      switch (next(3)) {
        case 0:
          bytes[at] = kLetters[next(kLetters.size())];
          break;
        case 1:
          bytes.erase(at, 1 + next(3));
          break;
        default:
          bytes.insert(at, 1, kLetters[next(kLetters.size())]);
      }
    }
    write_text(path, bytes);
    try {
      const Tensor x = load(path, {.mmap = round % 2 == 1});
      EXPECT_LE(x.nbytes(), static_cast<std::int64_t>(bytes.size()));
      (void)x.to_string();
    } catch (const Error&) {
    }
  }
}

TEST_F(Npy, FilesThatCannotBeRead) {
  EXPECT_EQ(error_of<DataError>([] { (void)load("/nowhere/x.npy"); }),
            "numpy.load: cannot open /nowhere/x.npy: No such file or directory; check the path and "
            "its permissions");
  EXPECT_THROW((void)load("/tmp"), DataError);
  EXPECT_THROW((void)load("/dev/zero"), DataError);
}

TEST_F(Npy, AFailureLeavesTheOldFile) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  save(path, constant({1, 2, 3}));
  const std::string before = read_text(path);
  ::rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const ::rlimit small{1000, limit.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Tensor large = zeros({1000});
  EXPECT_THROW(save(path, large), DataError);
  EXPECT_THROW(savez(path, {{"x", large}}), DataError);
  EXPECT_THROW(savez_compressed(path, {{"x", sample({1000})}}), DataError);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_text(path), before);
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "a temporary file was left";
  EXPECT_THROW(save("/nowhere/x.npy", large), DataError);
  EXPECT_THROW(save(folder.path(), large), DataError);  // a folder is no file
}

}  // namespace
}  // namespace saem::numpy
