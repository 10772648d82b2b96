// Every expected text in this file is what NumPy 2.4.6 gives for str() of the same array (bfloat16:
// with ml_dtypes 0.6.0), within the frame that TensorFlow's EagerTensor puts around it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/core/tensor.hpp>
#include <sstream>
#include <type_traits>

namespace saem {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

template <class T>
T convert(double value) {
  if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
    return T(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
using Literal = std::conditional_t<std::is_integral_v<T>, T, double>;

/// A tensor of these elements.
template <class T>
Tensor make(const Shape& shape, std::initializer_list<Literal<T>> values) {
  Tensor tensor = Tensor::empty(dtype_of<T>(), shape);
  std::transform(values.begin(), values.end(), tensor.mutable_data_as<T>(), [](Literal<T> value) {
    if constexpr (std::is_integral_v<T>)
      return value;
    else
      return convert<T>(value);
  });
  return tensor;
}

/// A tensor of 0, 1, 2, ... in row-major order.
template <class T>
Tensor range(const Shape& shape) {
  Tensor tensor = Tensor::empty(dtype_of<T>(), shape);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    tensor.mutable_data_as<T>()[i] = static_cast<T>(i);
  }
  return tensor;
}

TEST(Printing, Scalars) {
  EXPECT_EQ(make<float>({}, {1.5}).to_string(), R"(tf.Tensor(1.5, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {1.0}).to_string(), R"(tf.Tensor(1.0, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {0.1}).to_string(), R"(tf.Tensor(0.1, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {-0.0}).to_string(), R"(tf.Tensor(-0.0, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {1000000.0}).to_string(),
            R"(tf.Tensor(1e+06, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {999999.0}).to_string(),
            R"(tf.Tensor(999999.0, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {1e-05}).to_string(), R"(tf.Tensor(1e-05, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {16777216.0}).to_string(),
            R"(tf.Tensor(1.6777216e+07, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {kNan}).to_string(), R"(tf.Tensor(nan, shape=(), dtype=float32))");
  EXPECT_EQ(make<float>({}, {-kInf}).to_string(), R"(tf.Tensor(-inf, shape=(), dtype=float32))");
  EXPECT_EQ(make<double>({}, {0.12345678901234568}).to_string(),
            R"(tf.Tensor(0.12345678901234568, shape=(), dtype=float64))");
  EXPECT_EQ(make<double>({}, {1e+16}).to_string(), R"(tf.Tensor(1e+16, shape=(), dtype=float64))");
  EXPECT_EQ(make<double>({}, {123456789.125}).to_string(),
            R"(tf.Tensor(123456789.125, shape=(), dtype=float64))");
  EXPECT_EQ(make<double>({}, {5e-324}).to_string(),
            R"(tf.Tensor(5e-324, shape=(), dtype=float64))");
  EXPECT_EQ(make<double>({}, {1.7976931348623157e+308}).to_string(),
            R"(tf.Tensor(1.7976931348623157e+308, shape=(), dtype=float64))");
  EXPECT_EQ(make<float16>({}, {0.1}).to_string(), R"(tf.Tensor(0.1, shape=(), dtype=float16))");
  EXPECT_EQ(make<float16>({}, {65504.0}).to_string(),
            R"(tf.Tensor(6.55e+04, shape=(), dtype=float16))");
  EXPECT_EQ(make<float16>({}, {0.015625}).to_string(),
            R"(tf.Tensor(0.01563, shape=(), dtype=float16))");
  EXPECT_EQ(make<bfloat16>({}, {1.0}).to_string(), R"(tf.Tensor(1, shape=(), dtype=bfloat16))");
  EXPECT_EQ(make<bfloat16>({}, {0.3333333}).to_string(),
            R"(tf.Tensor(0.333984, shape=(), dtype=bfloat16))");
  EXPECT_EQ(make<bool>({}, {true}).to_string(), R"(tf.Tensor(True, shape=(), dtype=bool))");
  EXPECT_EQ(make<bool>({}, {false}).to_string(), R"(tf.Tensor(False, shape=(), dtype=bool))");
  EXPECT_EQ(make<std::int32_t>({}, {-7}).to_string(), R"(tf.Tensor(-7, shape=(), dtype=int32))");
  EXPECT_EQ(make<std::uint8_t>({}, {255}).to_string(), R"(tf.Tensor(255, shape=(), dtype=uint8))");
  EXPECT_EQ(make<std::int64_t>({}, {std::numeric_limits<std::int64_t>::min()}).to_string(),
            R"(tf.Tensor(-9223372036854775808, shape=(), dtype=int64))");
  EXPECT_EQ(make<std::uint64_t>({}, {18446744073709551615u}).to_string(),
            R"(tf.Tensor(18446744073709551615, shape=(), dtype=uint64))");
}

TEST(Printing, FloatsInPositionalForm) {
  EXPECT_EQ(make<float>({2}, {1.0, 2.0}).to_string(),
            R"(tf.Tensor([1. 2.], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({2, 2}, {1.0, 2.0, 3.0, 4.0}).to_string(),
            R"(tf.Tensor(
[[1. 2.]
 [3. 4.]], shape=(2, 2), dtype=float32))");
  EXPECT_EQ(make<float>({3}, {0.5, -1.25, 10.0}).to_string(),
            R"(tf.Tensor([ 0.5  -1.25 10.  ], shape=(3,), dtype=float32))");
  EXPECT_EQ(make<float>({3}, {0.1, 0.2, 0.3}).to_string(),
            R"(tf.Tensor([0.1 0.2 0.3], shape=(3,), dtype=float32))");
  EXPECT_EQ(make<double>({2}, {0.3333333333333333, 0.6666666666666666}).to_string(),
            R"(tf.Tensor([0.33333333 0.66666667], shape=(2,), dtype=float64))");
  EXPECT_EQ(make<float>({1}, {0.3333333333333333}).to_string(),
            R"(tf.Tensor([0.33333334], shape=(1,), dtype=float32))");
  EXPECT_EQ(make<double>({3}, {0.123456785, 0.5, 0.1000000004}).to_string(),
            R"(tf.Tensor([0.12345678 0.5        0.1       ], shape=(3,), dtype=float64))");
  EXPECT_EQ(make<float>({2}, {-0.0, 0.0}).to_string(),
            R"(tf.Tensor([-0.  0.], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float16>({3}, {0.1, 0.3333, 999.0}).to_string(),
            R"(tf.Tensor([9.998e-02 3.333e-01 9.990e+02], shape=(3,), dtype=float16))");
  EXPECT_EQ(make<float>({2}, {0.0001, 0.001}).to_string(),
            R"(tf.Tensor([0.0001 0.001 ], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({2}, {999999.0, 1000.0}).to_string(),
            R"(tf.Tensor([999999.   1000.], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({2, 1}, {100.0, -0.25}).to_string(),
            R"(tf.Tensor(
[[100.  ]
 [ -0.25]], shape=(2, 1), dtype=float32))");
  EXPECT_EQ(make<double>({2}, {99999999.0, 100000.0}).to_string(),
            R"(tf.Tensor([99999999.   100000.], shape=(2,), dtype=float64))");
}

TEST(Printing, FloatsInScientificForm) {
  EXPECT_EQ(make<float>({2}, {1000000.0, 1.0}).to_string(),
            R"(tf.Tensor([1.e+06 1.e+00], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({2}, {1e-05, 1.0}).to_string(),
            R"(tf.Tensor([1.e-05 1.e+00], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({2}, {1.0, 1000.5}).to_string(),
            R"(tf.Tensor([1.0000e+00 1.0005e+03], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({3}, {10000000000.0, -1.5, 0.0}).to_string(),
            R"(tf.Tensor([ 1.0e+10 -1.5e+00  0.0e+00], shape=(3,), dtype=float32))");
  EXPECT_EQ(make<double>({2}, {100000000.0, 1.0}).to_string(),
            R"(tf.Tensor([1.e+08 1.e+00], shape=(2,), dtype=float64))");
  EXPECT_EQ(make<double>({2}, {1e-100, 1e+100}).to_string(),
            R"(tf.Tensor([1.e-100 1.e+100], shape=(2,), dtype=float64))");
  EXPECT_EQ(
      make<double>({3}, {1.23456789012345, 1e-09, -2.5e-10}).to_string(),
      R"(tf.Tensor([ 1.23456789e+00  1.00000000e-09 -2.50000000e-10], shape=(3,), dtype=float64))");
  EXPECT_EQ(make<float16>({2}, {0.1, 12345.0}).to_string(),
            R"(tf.Tensor([9.9976e-02 1.2344e+04], shape=(2,), dtype=float16))");
  EXPECT_EQ(make<float16>({2}, {1000.0, 0.015625}).to_string(),
            R"(tf.Tensor([1.000e+03 1.563e-02], shape=(2,), dtype=float16))");
  EXPECT_EQ(make<double>({1}, {5e-324}).to_string(),
            R"(tf.Tensor([5.e-324], shape=(1,), dtype=float64))");
  EXPECT_EQ(make<float>({2, 2}, {3.4028235e+38, 1.1754944e-38, 1e-45, 0.0}).to_string(),
            R"(tf.Tensor(
[[3.4028235e+38 1.1754944e-38]
 [1.4012985e-45 0.0000000e+00]], shape=(2, 2), dtype=float32))");
}

TEST(Printing, NotANumberAndInfinity) {
  EXPECT_EQ(make<float>({3}, {kNan, 1.0, kInf}).to_string(),
            R"(tf.Tensor([nan  1. inf], shape=(3,), dtype=float32))");
  EXPECT_EQ(make<float>({2}, {-kInf, kNan}).to_string(),
            R"(tf.Tensor([-inf  nan], shape=(2,), dtype=float32))");
  EXPECT_EQ(make<float>({3}, {1.0, -kInf, 1.5}).to_string(),
            R"(tf.Tensor([ 1.  -inf  1.5], shape=(3,), dtype=float32))");
  EXPECT_EQ(make<double>({3}, {kNan, 1e-10, -kInf}).to_string(),
            R"(tf.Tensor([   nan 1.e-10   -inf], shape=(3,), dtype=float64))");
  EXPECT_EQ(make<float>({1}, {kNan}).to_string(), R"(tf.Tensor([nan], shape=(1,), dtype=float32))");
  EXPECT_EQ(make<float>({2, 2}, {123.456, kNan, 0.5, kInf}).to_string(),
            R"(tf.Tensor(
[[123.456     nan]
 [  0.5       inf]], shape=(2, 2), dtype=float32))");
  EXPECT_EQ(make<bfloat16>({3}, {kNan, kInf, -kInf}).to_string(),
            R"(tf.Tensor([nan inf -inf], shape=(3,), dtype=bfloat16))");
}

TEST(Printing, BrainFloats) {
  EXPECT_EQ(make<bfloat16>({3}, {1.0, 2.5, 0.3333333333333333}).to_string(),
            R"(tf.Tensor([1 2.5 0.333984], shape=(3,), dtype=bfloat16))");
  EXPECT_EQ(make<bfloat16>({2, 2}, {1.0, 2.5, 100.0, -0.0}).to_string(),
            R"(tf.Tensor(
[[1 2.5]
 [100 -0]], shape=(2, 2), dtype=bfloat16))");
  EXPECT_EQ(make<bfloat16>({2}, {10000000000.0, 1e-05}).to_string(),
            R"(tf.Tensor([9.99922e+09 1.00136e-05], shape=(2,), dtype=bfloat16))");
}

TEST(Printing, EightBitFloats) {
  EXPECT_EQ(make<float8_e4m3fn>({4}, {0.3125, 1.5, -448.0, kNan}).to_string(),
            R"(tf.Tensor([0.3125 1.5 -448 nan], shape=(4,), dtype=float8_e4m3fn))");
  EXPECT_EQ(make<float8_e5m2>({}, {1.5}).to_string(),
            R"(tf.Tensor(1.5, shape=(), dtype=float8_e5m2))");
}

TEST(Printing, ComplexNumbers) {
  using C = std::complex<float>;
  const auto text = [](const std::vector<C>& values, const Shape& shape) {
    Tensor tensor = Tensor::empty(complex64, shape);
    std::copy(values.begin(), values.end(), tensor.mutable_data_as<C>());
    return tensor.to_string();
  };
  EXPECT_EQ(text({C(1, 2), C(3, -4), C(0.5, 1e-3F)}, {3}),
            "tf.Tensor([1. +2.e+00j 3. -4.e+00j 0.5+1.e-03j], shape=(3,), dtype=complex64)");
  EXPECT_EQ(text({C(kNan, 1), C(1, kInf), C(-kInf, -2)}, {3}),
            "tf.Tensor([ nan +1.j   1.+infj -inf -2.j], shape=(3,), dtype=complex64)");
  EXPECT_EQ(text({C(1, 1), C(2, 0), C(3, 0), C(0, 4)}, {2, 2}),
            "tf.Tensor(\n[[1.+1.j 2.+0.j]\n [3.+0.j 0.+4.j]], shape=(2, 2), dtype=complex64)");
  EXPECT_EQ(text({C(0, 2)}, {}), "tf.Tensor(2j, shape=(), dtype=complex64)");
  EXPECT_EQ(text({C(-0.0F, -2)}, {}), "tf.Tensor((-0-2j), shape=(), dtype=complex64)");
  EXPECT_EQ(text({C(1e7F, 1e-5F)}, {}), "tf.Tensor((1e+07+1e-05j), shape=(), dtype=complex64)");
  EXPECT_EQ(text({C(kNan, -kInf)}, {}), "tf.Tensor((nan-infj), shape=(), dtype=complex64)");
}

TEST(Printing, IntegersAndBools) {
  EXPECT_EQ(make<std::int32_t>({3}, {1, -20, 300}).to_string(),
            R"(tf.Tensor([  1 -20 300], shape=(3,), dtype=int32))");
  EXPECT_EQ(make<std::int8_t>({2, 2}, {-128, 127, 0, 5}).to_string(),
            R"(tf.Tensor(
[[-128  127]
 [   0    5]], shape=(2, 2), dtype=int8))");
  EXPECT_EQ(make<std::uint8_t>({2, 3}, {0, 1, 2, 253, 254, 255}).to_string(),
            R"(tf.Tensor(
[[  0   1   2]
 [253 254 255]], shape=(2, 3), dtype=uint8))");
  EXPECT_EQ(make<std::int16_t>({1}, {-32768}).to_string(),
            R"(tf.Tensor([-32768], shape=(1,), dtype=int16))");
  EXPECT_EQ(make<std::uint16_t>({2}, {65535, 1}).to_string(),
            R"(tf.Tensor([65535     1], shape=(2,), dtype=uint16))");
  EXPECT_EQ(make<std::uint32_t>({2}, {4294967295, 7}).to_string(),
            R"(tf.Tensor([4294967295          7], shape=(2,), dtype=uint32))");
  EXPECT_EQ(make<std::int64_t>({2}, {std::numeric_limits<std::int64_t>::min(), 1}).to_string(),
            R"(tf.Tensor([-9223372036854775808                    1], shape=(2,), dtype=int64))");
  EXPECT_EQ(make<std::uint64_t>({2}, {18446744073709551615u, 0}).to_string(),
            R"(tf.Tensor([18446744073709551615                    0], shape=(2,), dtype=uint64))");
  EXPECT_EQ(make<bool>({2}, {true, false}).to_string(),
            R"(tf.Tensor([ True False], shape=(2,), dtype=bool))");
  EXPECT_EQ(make<bool>({2, 2}, {true, true, false, true}).to_string(),
            R"(tf.Tensor(
[[ True  True]
 [False  True]], shape=(2, 2), dtype=bool))");
}

TEST(Printing, HigherRanks) {
  EXPECT_EQ(range<std::int32_t>({2, 2, 2}).to_string(),
            R"(tf.Tensor(
[[[0 1]
  [2 3]]

 [[4 5]
  [6 7]]], shape=(2, 2, 2), dtype=int32))");
  EXPECT_EQ(range<std::int32_t>({1, 1, 1, 1}).to_string(),
            R"(tf.Tensor([[[[0]]]], shape=(1, 1, 1, 1), dtype=int32))");
  EXPECT_EQ(range<std::int32_t>({2, 1, 2, 1}).to_string(),
            R"(tf.Tensor(
[[[[0]
   [1]]]


 [[[2]
   [3]]]], shape=(2, 1, 2, 1), dtype=int32))");
  EXPECT_EQ(range<float>({2, 2, 1, 2}).to_string(),
            R"(tf.Tensor(
[[[[0. 1.]]

  [[2. 3.]]]


 [[[4. 5.]]

  [[6. 7.]]]], shape=(2, 2, 1, 2), dtype=float32))");
}

TEST(Printing, Empty) {
  EXPECT_EQ(range<float>({0}).to_string(), R"(tf.Tensor([], shape=(0,), dtype=float32))");
  EXPECT_EQ(range<std::int32_t>({2, 0}).to_string(), R"(tf.Tensor([], shape=(2, 0), dtype=int32))");
  EXPECT_EQ(range<bool>({0, 3, 2}).to_string(), R"(tf.Tensor([], shape=(0, 3, 2), dtype=bool))");
}

TEST(Printing, LongRowsAreWrapped) {
  EXPECT_EQ(range<std::int32_t>({30}).to_string(),
            R"(tf.Tensor(
[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
 24 25 26 27 28 29], shape=(30,), dtype=int32))");
  EXPECT_EQ(range<float>({1, 20}).to_string(),
            R"(tf.Tensor(
[[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.
  18. 19.]], shape=(1, 20), dtype=float32))");
  EXPECT_EQ(range<double>({20}).to_string(),
            R"(tf.Tensor(
[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.
 18. 19.], shape=(20,), dtype=float64))");
  EXPECT_EQ(range<std::int64_t>({2, 2, 26}).to_string(),
            R"(tf.Tensor(
[[[  0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15  16
    17  18  19  20  21  22  23  24  25]
  [ 26  27  28  29  30  31  32  33  34  35  36  37  38  39  40  41  42
    43  44  45  46  47  48  49  50  51]]

 [[ 52  53  54  55  56  57  58  59  60  61  62  63  64  65  66  67  68
    69  70  71  72  73  74  75  76  77]
  [ 78  79  80  81  82  83  84  85  86  87  88  89  90  91  92  93  94
    95  96  97  98  99 100 101 102 103]]], shape=(2, 2, 26), dtype=int64))");
  EXPECT_EQ(make<bool>({14}, {true, true, true, true, true, true, true, true, true, true, true,
                              true, true, true})
                .to_string(),
            R"(tf.Tensor(
[ True  True  True  True  True  True  True  True  True  True  True  True
  True  True], shape=(14,), dtype=bool))");
  EXPECT_EQ(make<double>(
                {8}, {3.3333333333333335e-11, 6.666666666666667e-11, 1e-10, 1.3333333333333334e-10,
                      1.6666666666666669e-10, 2e-10, 2.3333333333333335e-10, 2.666666666666667e-10})
                .to_string(),
            R"(tf.Tensor(
[3.33333333e-11 6.66666667e-11 1.00000000e-10 1.33333333e-10
 1.66666667e-10 2.00000000e-10 2.33333333e-10 2.66666667e-10], shape=(8,), dtype=float64))");
}

TEST(Printing, MoreThanAThousandElementsAreSummarised) {
  EXPECT_EQ(range<std::int32_t>({1001}).to_string(),
            R"(tf.Tensor([   0    1    2 ...  998  999 1000], shape=(1001,), dtype=int32))");
  EXPECT_EQ(range<double>({1001, 1}).to_string(),
            R"(tf.Tensor(
[[   0.]
 [   1.]
 [   2.]
 ...
 [ 998.]
 [ 999.]
 [1000.]], shape=(1001, 1), dtype=float64))");
  EXPECT_EQ(range<std::int32_t>({7, 200}).to_string(),
            R"(tf.Tensor(
[[   0    1    2 ...  197  198  199]
 [ 200  201  202 ...  397  398  399]
 [ 400  401  402 ...  597  598  599]
 ...
 [ 800  801  802 ...  997  998  999]
 [1000 1001 1002 ... 1197 1198 1199]
 [1200 1201 1202 ... 1397 1398 1399]], shape=(7, 200), dtype=int32))");
  EXPECT_EQ(range<std::uint8_t>({6, 200}).to_string(),
            R"(tf.Tensor(
[[  0   1   2 ... 197 198 199]
 [200 201 202 ... 141 142 143]
 [144 145 146 ...  85  86  87]
 [ 88  89  90 ...  29  30  31]
 [ 32  33  34 ... 229 230 231]
 [232 233 234 ... 173 174 175]], shape=(6, 200), dtype=uint8))");
  EXPECT_EQ(range<std::int32_t>({10, 11, 12}).to_string(),
            R"(tf.Tensor(
[[[   0    1    2 ...    9   10   11]
  [  12   13   14 ...   21   22   23]
  [  24   25   26 ...   33   34   35]
  ...
  [  96   97   98 ...  105  106  107]
  [ 108  109  110 ...  117  118  119]
  [ 120  121  122 ...  129  130  131]]

 [[ 132  133  134 ...  141  142  143]
  [ 144  145  146 ...  153  154  155]
  [ 156  157  158 ...  165  166  167]
  ...
  [ 228  229  230 ...  237  238  239]
  [ 240  241  242 ...  249  250  251]
  [ 252  253  254 ...  261  262  263]]

 [[ 264  265  266 ...  273  274  275]
  [ 276  277  278 ...  285  286  287]
  [ 288  289  290 ...  297  298  299]
  ...
  [ 360  361  362 ...  369  370  371]
  [ 372  373  374 ...  381  382  383]
  [ 384  385  386 ...  393  394  395]]

 ...

 [[ 924  925  926 ...  933  934  935]
  [ 936  937  938 ...  945  946  947]
  [ 948  949  950 ...  957  958  959]
  ...
  [1020 1021 1022 ... 1029 1030 1031]
  [1032 1033 1034 ... 1041 1042 1043]
  [1044 1045 1046 ... 1053 1054 1055]]

 [[1056 1057 1058 ... 1065 1066 1067]
  [1068 1069 1070 ... 1077 1078 1079]
  [1080 1081 1082 ... 1089 1090 1091]
  ...
  [1152 1153 1154 ... 1161 1162 1163]
  [1164 1165 1166 ... 1173 1174 1175]
  [1176 1177 1178 ... 1185 1186 1187]]

 [[1188 1189 1190 ... 1197 1198 1199]
  [1200 1201 1202 ... 1209 1210 1211]
  [1212 1213 1214 ... 1221 1222 1223]
  ...
  [1284 1285 1286 ... 1293 1294 1295]
  [1296 1297 1298 ... 1305 1306 1307]
  [1308 1309 1310 ... 1317 1318 1319]]], shape=(10, 11, 12), dtype=int32))");
  EXPECT_EQ(range<float>({1, 1001, 1}).to_string(),
            R"(tf.Tensor(
[[[   0.]
  [   1.]
  [   2.]
  ...
  [ 998.]
  [ 999.]
  [1000.]]], shape=(1, 1001, 1), dtype=float32))");
  EXPECT_EQ(range<std::int64_t>({2, 1, 2000}).to_string(),
            R"(tf.Tensor(
[[[   0    1    2 ... 1997 1998 1999]]

 [[2000 2001 2002 ... 3997 3998 3999]]], shape=(2, 1, 2000), dtype=int64))");
}

TEST(Printing, ViewsPrintWhatTheyShow) {
  const Tensor source = range<float>({3, 4});
  EXPECT_EQ(source.view({4, 3}, {1, 4}).to_string(),
            R"(tf.Tensor(
[[ 0.  4.  8.]
 [ 1.  5.  9.]
 [ 2.  6. 10.]
 [ 3.  7. 11.]], shape=(4, 3), dtype=float32))");
  EXPECT_EQ(source.view({3}, {4}, 1).to_string(),
            R"(tf.Tensor([1. 5. 9.], shape=(3,), dtype=float32))");
  EXPECT_EQ(source.view({3, 4}, {-4, -1}, 11).to_string(),
            R"(tf.Tensor(
[[11. 10.  9.  8.]
 [ 7.  6.  5.  4.]
 [ 3.  2.  1.  0.]], shape=(3, 4), dtype=float32))");
  EXPECT_EQ(source.view({2, 3}, {0, 1}, 3).to_string(),
            R"(tf.Tensor(
[[3. 4. 5.]
 [3. 4. 5.]], shape=(2, 3), dtype=float32))");
  EXPECT_EQ(source.view({}, {}, 7).to_string(), R"(tf.Tensor(7.0, shape=(), dtype=float32))");
  EXPECT_EQ(source.view({2, 2}, {8, 2}).to_string(),
            R"(tf.Tensor(
[[ 0.  2.]
 [ 8. 10.]], shape=(2, 2), dtype=float32))");
  EXPECT_EQ(range<std::int32_t>({40, 50}).view({50, 40}, {1, 50}).to_string(),
            R"(tf.Tensor(
[[   0   50  100 ... 1850 1900 1950]
 [   1   51  101 ... 1851 1901 1951]
 [   2   52  102 ... 1852 1902 1952]
 ...
 [  47   97  147 ... 1897 1947 1997]
 [  48   98  148 ... 1898 1948 1998]
 [  49   99  149 ... 1899 1949 1999]], shape=(50, 40), dtype=int32))");
}

TEST(Printing, AThousandElementsAreStillShownInFull) {
  const std::string text = range<std::int32_t>({1000}).to_string();
  EXPECT_EQ(text.find("..."), std::string::npos);
  EXPECT_NE(text.find(" 500 "), std::string::npos);
}

TEST(Printing, TheStreamOperatorWritesTheSameText) {
  std::ostringstream out;
  out << make<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(out.str(), "tf.Tensor(\n[[1. 2.]\n [3. 4.]], shape=(2, 2), dtype=float32)");
}

TEST(Printing, AnUndefinedTensorIsNone) { EXPECT_EQ(Tensor().to_string(), "tf.Tensor(None)"); }

TEST(Printing, ASymbolicTensorHasNoElements) {
  EXPECT_EQ(Tracer::make_symbolic({float32, {2, 2}}, 1).to_string(),
            "tf.Tensor(shape=(2, 2), dtype=float32)");
}

TEST(Printing, TheSummaryOfAHugeViewReadsOnlyItsEdges) {
  // 2^60 elements that are all the same one: whoever walks them all does not come back.
  const Tensor huge = make<std::int32_t>({1}, {7}).view({1 << 30, 1 << 30}, {0, 0});
  EXPECT_EQ(huge.to_string(), R"(tf.Tensor(
[[7 7 7 ... 7 7 7]
 [7 7 7 ... 7 7 7]
 [7 7 7 ... 7 7 7]
 ...
 [7 7 7 ... 7 7 7]
 [7 7 7 ... 7 7 7]
 [7 7 7 ... 7 7 7]], shape=(1073741824, 1073741824), dtype=int32))");
}

}  // namespace
}  // namespace saem
