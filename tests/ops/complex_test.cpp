// complex, real, imag, conj, angle, complex_abs, and the other ops on complex numbers; floor 5 of
// 5: what must be true. All values and gradients are TensorFlow's.
#include <cmath>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

Tensor z() {
  return complex(constant({1.0, -0.5, 2.0}, float64), constant({2.0, 0.3, -1.0}, float64));
}
Tensor w() {
  return complex(constant({0.5, 2.0, -1.0}, float64), constant({-1.0, 1.0, 0.25}, float64));
}

struct UnaryCase {
  const char* name;
  Tensor (*op)(const Tensor&);
  std::vector<double> values;
  std::vector<double> gradients;
};

struct BinaryCase {
  const char* name;
  Tensor (*op)(const Tensor&, const Tensor&);
  std::vector<double> values;
  std::vector<double> x_gradients;
  std::vector<double> y_gradients;
};

const Tolerance kTight = {1e-13, 1e-14};

Tensor both_parts(const Tensor& x) { return stack({math::real(x), math::imag(x)}); }

/// Complex gradients follow from the real ones of both parts: those are checked by differences.
void expect_gradients(const UnaryOp& op) {
  const Function function = [&](const std::vector<Tensor>& in) {
    return both_parts(op(complex(in[0], in[1])));
  };
  EXPECT_TRUE(gradients_agree(function, {math::real(z()), math::imag(z())}));
  EXPECT_TRUE(second_gradients_agree(function, {math::real(z()), math::imag(z())}));
}

/// complex64 and complex128 on all shapes, in order and scattered, against std::complex.
template <class Exact>
void expect_types(const UnaryOp& op, Exact&& exact) {
  for (const Shape& shape : kShapes) {
    for (const DType part : {float32, float64}) {
      const Tensor x = complex(sample(shape, part, -2, 2, 1), sample(shape, part, -2, 2, 2));
      const std::vector<double> parts = values_of(x);
      std::vector<double> expected;
      for (std::size_t i = 0; i < parts.size(); i += 2) {
        exact(std::complex<double>(parts[i], parts[i + 1]), expected);
      }
      const Tensor y = op(x);
      EXPECT_EQ(y.dtype().real_dtype(), part);
      EXPECT_TRUE(has_values(y, shape, expected, tolerance_of(part)));
      EXPECT_TRUE(identical(op(scattered(x)), y));
    }
  }
}

TEST(ComplexNumbers, UnaryOpsEqualTensorFlow) {
  const UnaryCase cases[] = {
      {"exp",
       [](const Tensor& x) { return exp(x); },
       {-1.1312043837568135, 2.4717266720048188, 0.5794408709969049, 0.17924206590471603,
        3.992324048441272, -6.217676312367968},
       {-1.1312043837568135, -2.4717266720048188, 0.5794408709969049, -0.17924206590471603,
        3.992324048441272, 6.217676312367968}},
      {"expm1",
       [](const Tensor& x) { return expm1(x); },
       {-2.1312043837568133, 2.4717266720048188, -0.4205591290030951, 0.17924206590471603,
        2.9923240484412714, -6.217676312367968},
       {-1.1312043837568135, -2.4717266720048188, 0.5794408709969049, -0.17924206590471603,
        3.992324048441272, 6.217676312367968}},
      {"log",
       [](const Tensor& x) { return log(x); },
       {0.8047189562170503, 1.1071487177940904, -0.5394048306859649, 2.601173153319209,
        0.8047189562170503, -0.4636476090008061},
       {0.2, 0.4, -1.4705882352941178, 0.8823529411764707, 0.4, -0.2}},
      {"log1p",
       [](const Tensor& x) { return log1p(x); },
       {1.039720770839918, 0.7853981633974483, -0.5394048306859652, 0.5404195002705843,
        1.151292546497023, -0.3217505543966422},
       {0.25, 0.25, 1.4705882352941178, 0.8823529411764707, 0.3, -0.09999999999999999}},
      {"sqrt",
       [](const Tensor& x) { return sqrt(x); },
       {1.272019649514069, 0.7861513777574233, 0.2038322711011802, 0.7358991743046496,
        1.455346690225355, -0.34356074972251244},
       {0.28443224050289156, 0.17578879212707146, 0.1747847305011835, 0.6310283360039395,
        0.3254254130173222, -0.07682251907803297}},
      {"rsqrt",
       [](const Tensor& x) { return rsqrt(x); },
       {0.5688644810057831, -0.3515775842541429, 0.34956946100236697, -1.2620566720078792,
        0.6508508260346444, 0.15364503815606595},
       {0.013429068750250267, -0.14893065462657093, 0.8138260766228638, 0.7737610260341614,
        -0.11480566139132228, 0.0958140902346776}},
      {"square",
       [](const Tensor& x) { return square(x); },
       {-3.0, 4.0, 0.16, -0.3, 3.0, -4.0},
       {2.0, -4.0, -1.0, -0.6, 4.0, 2.0}},
      {"reciprocal",
       [](const Tensor& x) { return reciprocal(x); },
       {0.2, -0.4, -1.4705882352941178, -0.8823529411764707, 0.4, 0.2},
       {0.12000000000000002, -0.16000000000000003, -1.3840830449826993, 2.595155709342561,
        -0.12000000000000002, 0.16000000000000003}},
      {"negative",
       [](const Tensor& x) { return negative(x); },
       {-1.0, -2.0, 0.5, -0.3, -2.0, 1.0},
       {-1.0, -0.0, -1.0, -0.0, -1.0, -0.0}},
      {"sin",
       [](const Tensor& x) { return sin(x); },
       {3.165778513216168, 1.9596010414216063, -0.5011619801599462, 0.2672416992709515,
        1.4031192506220405, 0.4890562590412937},
       {2.0327230070196656, 3.0518977991518, 0.917370851271881, -0.14599480570180629,
        -0.64214812471552, -1.0686074213827783}},
      {"cos",
       [](const Tensor& x) { return cos(x); },
       {2.0327230070196656, -3.0518977991518, 0.917370851271881, 0.14599480570180629,
        -0.64214812471552, 1.0686074213827783},
       {-3.165778513216168, 1.9596010414216063, 0.5011619801599462, 0.2672416992709515,
        -1.4031192506220405, 0.4890562590412937}},
      {"tan",
       [](const Tensor& x) { return tan(x); },
       {0.03381282607989669, 1.0147936161466335, -0.4875923164921388, 0.36891039682556387,
        -0.2434582011857253, -1.16673625724092},
       {-0.028662776164451738, -0.06862608009951111, 1.1016513862161745, 0.35975574993242154,
        -0.30200159823596096, -0.5681030208920801}},
      {"asin",
       [](const Tensor& x) { return asin(x); },
       {0.42707858639247614, 1.528570919480998, -0.49303924058561843, 0.33429981777493784,
        1.0634400235777521, -1.4693517443681852},
       {0.3884434935075093, -0.16089856322639562, 1.043294843629323, 0.18071301166118078,
        0.24860289393928922, 0.4022479320953552}},
      {"acos",
       [](const Tensor& x) { return acos(x); },
       {1.1437177404024206, -1.528570919480998, 2.063835567380515, -0.33429981777493784,
        0.5073563032171445, 1.4693517443681852},
       {-0.3884434935075093, 0.16089856322639562, -1.043294843629323, -0.18071301166118078,
        -0.24860289393928922, -0.4022479320953552}},
      {"atan",
       [](const Tensor& x) { return atan(x); },
       {1.3389725222944935, 0.40235947810852507, -0.49371165990052035, 0.24094826646478956,
        1.1780972450961724, -0.17328679513998632},
       {-0.1, 0.2, 0.8080245193647256, -0.20897185845639457, 0.125, -0.125}},
      {"sinh",
       [](const Tensor& x) { return sinh(x); },
       {-0.4890562590412937, 1.4031192506220405, -0.4978213596502317, 0.3332362582744821,
        1.9596010414216063, -3.165778513216168},
       {-0.64214812471552, -1.0686074213827783, 1.0772622306471364, 0.15399419236976608,
        2.0327230070196656, 3.0518977991518}},
      {"cosh",
       [](const Tensor& x) { return cosh(x); },
       {-0.64214812471552, 1.0686074213827783, 1.0772622306471364, -0.15399419236976608,
        2.0327230070196656, -3.0518977991518},
       {-0.4890562590412937, -1.4031192506220405, -0.4978213596502317, -0.3332362582744821,
        1.9596010414216063, 3.165778513216168}},
      {"tanh",
       [](const Tensor& x) { return tanh(x); },
       {1.16673625724092, -0.2434582011857253, -0.49619706577350764, 0.2384050833381232,
        1.0147936161466335, -0.03381282607989669},
       {-0.30200159823596096, -0.5681030208920801, 0.8106254556792187, -0.2365918056357306,
        -0.028662776164451786, -0.06862608009951113}},
      {"asinh",
       [](const Tensor& x) { return asinh(x); },
       {1.4693517443681852, 1.0634400235777521, -0.4979029428302877, 0.2695556414249502,
        1.528570919480998, -0.42707858639247614},
       {0.24860289393928925, 0.4022479320953553, 0.9062653932282889, -0.11529286013669637,
        0.38844349350750934, -0.16089856322639567}},
      {"acosh",
       [](const Tensor& x) { return acosh(x); },
       {1.528570919480998, 1.1437177404024206, 0.33429981777493784, 2.063835567380515,
        1.4693517443681852, -0.5073563032171445},
       {0.16089856322639565, 0.38844349350750934, -0.18071301166118078, 1.043294843629323,
        0.4022479320953552, -0.24860289393928925}},
      {"atanh",
       [](const Tensor& x) { return atanh(x); },
       {0.17328679513998632, 1.1780972450961724, -0.48224014768538503, 0.3689075300602324,
        0.40235947810852507, -1.3389725222944935},
       {0.125, -0.125, 1.0558069381598794, 0.3770739064856712, -0.1, 0.2}},
      {"sigmoid",
       [](const Tensor& x) { return sigmoid(x); },
       {1.0214153641721806, 0.40343870608154253, 0.37491485878441716, 0.07093747802480527,
        0.9214831024228917, -0.09778865503296703},
       {0.14088880756994154, 0.4207182797053216, 0.23938583323559745, -0.017746448912420148,
        0.08191461542513084, -0.08243253141011374}},
      {"abs",
       [](const Tensor& x) { return abs(x); },
       {2.23606797749979, 0.58309518948453, 2.23606797749979},
       {0.4472135954999579, 0.8944271909999159, -0.8574929257125443, 0.5144957554275266,
        0.8944271909999159, -0.4472135954999579}},
      {"sign",
       [](const Tensor& x) { return sign(x); },
       {0.4472135954999579, 0.8944271909999159, -0.8574929257125443, 0.5144957554275266,
        0.8944271909999159, -0.4472135954999579},
       {0.35777087639996635, -0.17888543819998315, 0.453966843024288, 0.7566114050404804,
        0.08944271909999163, 0.17888543819998315}},
  };
  for (const UnaryCase& each : cases) {
    SCOPED_TRACE(each.name);
    const Tensor x = z();
    GradientTape tape;
    tape.watch(x);
    const Tensor y = each.op(x);
    EXPECT_TRUE(has_values(y, {3}, each.values, kTight));
    EXPECT_TRUE(has_values(tape.gradient(y, x), {3}, each.gradients, {1e-11, 1e-12}));
    EXPECT_TRUE(has_values(each.op(cast(x, complex64)), {3}, each.values, {2e-6, 1e-6}));
    EXPECT_TRUE(identical(each.op(scattered(x)), each.op(x)));
    expect_gradients(each.op);
  }
}

TEST(ComplexNumbers, BinaryOpsEqualTensorFlow) {
  const BinaryCase cases[] = {
      {"add",
       [](const Tensor& x, const Tensor& y) { return add(x, y); },
       {1.5, 1.0, 1.5, 1.3, 1.0, -0.75},
       {1.0, 0.0, 1.0, 0.0, 1.0, 0.0},
       {1.0, 0.0, 1.0, 0.0, 1.0, 0.0}},
      {"subtract",
       [](const Tensor& x, const Tensor& y) { return subtract(x, y); },
       {0.5, 3.0, -2.5, -0.7, 3.0, -1.25},
       {1.0, 0.0, 1.0, 0.0, 1.0, 0.0},
       {-1.0, -0.0, -1.0, -0.0, -1.0, -0.0}},
      {"multiply",
       [](const Tensor& x, const Tensor& y) { return multiply(x, y); },
       {2.5, 0.0, -1.3, 0.09999999999999998, -1.75, 1.5},
       {0.5, 1.0, 2.0, -1.0, -1.0, -0.25},
       {1.0, -2.0, -0.5, -0.3, 2.0, 1.0}},
      {"divide",
       [](const Tensor& x, const Tensor& y) { return divide(x, y); },
       {-1.2, 1.6, -0.13999999999999999, 0.22000000000000003, -2.1176470588235294,
        0.47058823529411764},
       {0.4, -0.8, 0.4, 0.2, -0.9411764705882353, 0.23529411764705882},
       {1.7600000000000002, -0.31999999999999995, 0.011999999999999988, 0.11600000000000002,
        -2.1038062283737027, 0.055363321799307974}},
      {"pow",
       [](const Tensor& x, const Tensor& y) { return pow(x, y); },
       {4.382565059863358, -1.1243974773611554, -0.001246726396344818, -0.02519257826704122,
        0.3952232569255903, 0.30980330234127285},
       {-1.7645285089034695, 1.415706780736997, -0.07893861063618818, -0.0559005994791416,
        -0.1468701353823883, 0.1789338117461318},
       {4.771608405877869, -3.947327322321745, 0.06620274849185268, -0.010346047182969744,
        0.4616832071769491, -0.06606027199760309}},
      {"divide_no_nan",
       [](const Tensor& x, const Tensor& y) { return math::divide_no_nan(x, y); },
       {-1.2, 1.6, -0.13999999999999999, 0.22000000000000003, -2.1176470588235294,
        0.47058823529411764},
       {0.4, -0.8, 0.4, 0.2, -0.9411764705882353, 0.23529411764705882},
       {1.7600000000000002, -0.31999999999999995, 0.011999999999999988, 0.11600000000000002,
        -2.1038062283737027, 0.055363321799307974}},
  };
  for (const BinaryCase& each : cases) {
    SCOPED_TRACE(each.name);
    const Tensor x = z();
    const Tensor y = w();
    GradientTape tape{{.persistent = true}};
    tape.watch(x);
    tape.watch(y);
    const Tensor result = each.op(x, y);
    EXPECT_TRUE(has_values(result, {3}, each.values, kTight));
    EXPECT_TRUE(has_values(tape.gradient(result, x), {3}, each.x_gradients, {1e-11, 1e-12}));
    EXPECT_TRUE(has_values(tape.gradient(result, y), {3}, each.y_gradients, {1e-11, 1e-12}));
    EXPECT_TRUE(has_values(each.op(cast(x, complex64), cast(y, complex64)), {3}, each.values,
                           {4e-6, 1e-6}));
    // One number against three: gradients are summed where it was repeated.
    const Function function = [&](const std::vector<Tensor>& in) {
      return both_parts(each.op(complex(in[0], in[1]), complex(in[2], in[3])));
    };
    const Tensor one = constant({0.7}, float64);
    EXPECT_TRUE(gradients_agree(function, {math::real(x), math::imag(x), one, one * 2}));
    EXPECT_TRUE(gradients_agree(function, {one, one * 2, math::real(y), math::imag(y)}));
  }
}

TEST(ComplexNumbers, MixWithScalars) {
  EXPECT_TRUE(has_values(z() * 2, {3}, {2, 4, -1, 0.6, 4, -2}));
  EXPECT_TRUE(has_values(z() * std::complex<double>(0, 1), {3}, {-2, 1, -0.3, -0.5, 1, 2}));
  EXPECT_EQ(error_of<DTypeError>([] { maximum(z(), w()); }),
            "maximum: needs numbers, got complex128; tf::cast it first");
}

TEST(complex, Values) {
  const Tensor pairs = complex(constant({1.0, 2.0}), constant({3.0, -4.0}));
  EXPECT_EQ(pairs.dtype(), complex64);
  EXPECT_TRUE(has_values(pairs, {2}, {1, 3, 2, -4}));
  EXPECT_TRUE(has_values(complex(constant({{1.0}, {2.0}}), constant({3.0, 4.0})), {2, 2},
                         {1, 3, 1, 4, 2, 3, 2, 4}));
}

TEST(complex, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return both_parts(square(complex(in[0], in[1])));
  };
  const Tensor x = sample({2, 3}, float64, -2, 2, 1);
  for (const Shape& shape : {Shape{2, 3}, Shape{3}, Shape{2, 1}, Shape{}}) {
    const Tensor y = sample(shape, float64, -2, 2, 2);
    EXPECT_TRUE(gradients_agree(function, {x, y}));
    EXPECT_TRUE(second_gradients_agree(function, {y, x}));
  }
}

TEST(complex, Types) {
  for (const Shape& shape : kShapes) {
    for (const DType part : {float32, float64}) {
      const Tensor x = sample(shape, part, -2, 2, 1);
      const Tensor y = sample(shape, part, -2, 2, 2);
      EXPECT_TRUE(identical(math::real(complex(scattered(x), y)), x));
      EXPECT_TRUE(identical(math::imag(complex(x, scattered(y))), y));
    }
  }
}

TEST(complex, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { complex(constant({1}), constant({1})); }),
            "complex: needs float32 or float64 parts, got int32; tf::cast them");
  EXPECT_EQ(error_of<DTypeError>([] { complex(constant({1.0}), constant({1})); }),
            "complex: float32 and int32 do not mix; tf::cast one of them");
}

TEST(real, Values) { EXPECT_TRUE(has_values(math::real(z()), {3}, {1.0, -0.5, 2.0}, kTight)); }

TEST(real, Gradient) {
  const Tensor x = z();
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(
      has_values(tape.gradient(math::real(x), x), {3}, {1.0, 0.0, 1.0, 0.0, 1.0, 0.0}, kTight));
  expect_gradients([](const Tensor& y) { return math::real(square(y)); });
}

TEST(real, Types) {
  expect_types(
      [](const Tensor& x) { return math::real(x); },
      [](std::complex<double> x, std::vector<double>& values) { values.push_back(x.real()); });
}

TEST(real, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { math::real(constant({true})); }),
            "real: needs complex numbers, got bool; tf::cast it to tf::complex64");
}

TEST(imag, Values) { EXPECT_TRUE(has_values(math::imag(z()), {3}, {2.0, 0.3, -1.0}, kTight)); }

TEST(imag, Gradient) {
  const Tensor x = z();
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(
      has_values(tape.gradient(math::imag(x), x), {3}, {0.0, 1.0, 0.0, 1.0, 0.0, 1.0}, kTight));
  expect_gradients([](const Tensor& y) { return math::imag(square(y)); });
}

TEST(imag, Types) {
  expect_types(
      [](const Tensor& x) { return math::imag(x); },
      [](std::complex<double> x, std::vector<double>& values) { values.push_back(x.imag()); });
}

TEST(imag, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { math::imag(constant({true})); }),
            "imag: needs complex numbers, got bool; tf::cast it to tf::complex64");
}

TEST(conj, Values) {
  EXPECT_TRUE(has_values(math::conj(z()), {3}, {1.0, -2.0, -0.5, -0.3, 2.0, 1.0}, kTight));
}

TEST(conj, Gradient) {
  const Tensor x = z();
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(
      has_values(tape.gradient(math::conj(x), x), {3}, {1.0, -0.0, 1.0, -0.0, 1.0, -0.0}, kTight));
  expect_gradients([](const Tensor& y) { return math::conj(square(y)); });
}

TEST(conj, Types) {
  expect_types([](const Tensor& x) { return math::conj(x); },
               [](std::complex<double> x, std::vector<double>& values) {
                 values.insert(values.end(), {x.real(), -x.imag()});
               });
}

TEST(conj, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { math::conj(constant({true})); }),
            "conj: needs complex numbers, got bool; tf::cast it to tf::complex64");
}

TEST(angle, Values) {
  EXPECT_TRUE(has_values(math::angle(z()), {3},
                         {1.1071487177940904, 2.601173153319209, -0.4636476090008061}, kTight));
}

TEST(angle, Gradient) {
  const Tensor x = z();
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(math::angle(x), x), {3},
                         {-0.4, 0.2, -0.8823529411764707, -1.4705882352941178, 0.2, 0.4}, kTight));
  expect_gradients([](const Tensor& y) { return math::angle(square(y)); });
}

TEST(angle, Types) {
  expect_types(
      [](const Tensor& x) { return math::angle(x); },
      [](std::complex<double> x, std::vector<double>& values) { values.push_back(std::arg(x)); });
}

TEST(angle, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { math::angle(constant({true})); }),
            "angle: needs complex numbers, got bool; tf::cast it to tf::complex64");
}

TEST(complex_abs, Values) {
  EXPECT_TRUE(has_values(ops::complex_abs(z()), {3},
                         {2.23606797749979, 0.58309518948453, 2.23606797749979}, kTight));
}

TEST(complex_abs, Gradient) {
  const Tensor x = z();
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(ops::complex_abs(x), x), {3},
                         {0.4472135954999579, 0.8944271909999159, -0.8574929257125443,
                          0.5144957554275266, 0.8944271909999159, -0.4472135954999579},
                         kTight));
  expect_gradients([](const Tensor& y) { return ops::complex_abs(square(y)); });
}

TEST(complex_abs, Types) {
  expect_types(
      [](const Tensor& x) { return ops::complex_abs(x); },
      [](std::complex<double> x, std::vector<double>& values) { values.push_back(std::abs(x)); });
}

TEST(complex_abs, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { ops::complex_abs(constant({true})); }),
            "complex_abs: needs complex numbers, got bool; tf::cast it to tf::complex64");
}

TEST(ComplexNumbers, RealOnesHavePartsToo) {
  const Tensor x = constant({1.5, -2.0}, float64);
  EXPECT_EQ(math::real(x).data(), x.data());
  EXPECT_EQ(math::conj(x).data(), x.data());
  EXPECT_TRUE(has_values(math::imag(x), {2}, {0, 0}));
  EXPECT_TRUE(has_values(math::angle(x), {2}, {0, 3.141592653589793}));
  EXPECT_TRUE(has_values(ops::complex_abs(complex(zeros({1}), zeros({1}))), {1}, {0}));
  const Tensor zero = complex(zeros({1}), zeros({1}));
  GradientTape tape;  // |z| has no slope at zero: TensorFlow takes 0
  tape.watch(zero);
  EXPECT_TRUE(has_values(tape.gradient(abs(zero), zero), {1}, {0, 0}));
}

}  // namespace
}  // namespace saem
