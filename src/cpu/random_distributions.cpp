// stateless_gamma, stateless_poisson, stateless_binomial, stateless_categorical; floor 3 of 5: CPU.
//
// The algorithms and the stretches of the stream are TensorFlow's, so its numbers come out: each
// output has so many Philox blocks to itself, and takes the two doubles of a block last one first.
#include <math.h>  // NOLINT: lgamma_r, which unlike std::lgamma writes nothing that threads share

#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/random_distributions.hpp>
#include <vector>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/random_stream.hpp"

namespace saem::cpu {
namespace {

/// Outputs that one thread makes at a time.
constexpr std::int64_t kGrain = 512;
/// Blocks that an output has to itself; a rejected candidate takes one or two of them.
constexpr std::int64_t kReserved = 256;

/// Doubles two a block, the second one first.
class Doubles {
 public:
  explicit Doubles(Words& words) : words_(words) {}
  double uniform() {
    return next([](double first, double second) { return Pair{first, second}; });
  }
  double normal() {
    return next([](double first, double second) { return box_muller(first, second); });
  }

 private:
  template <class Make>
  double next(Make&& make) {
    if (!held_) {
      const std::uint32_t a = words_.next();
      const std::uint32_t b = words_.next();
      const std::uint32_t c = words_.next();
      pair_ = make(unit(a, b), unit(c, words_.next()));
      held_ = true;
      return pair_.second;
    }
    held_ = false;
    return pair_.first;
  }

  Words& words_;
  Pair pair_{};
  bool held_ = false;
};

double gamma_number(double alpha, Words& words) {
  Doubles uniforms(words);
  if (alpha == 1.0) return -std::log1p(-uniforms.uniform());
  Doubles normals(words);
  const bool small = alpha < 1.0;
  const double d = alpha + (small ? 2.0 / 3 : -1.0 / 3);
  const double c = 1.0 / 3 / std::sqrt(d);
  if (!(alpha > 0.0) || std::isinf(alpha)) return std::numeric_limits<double>::quiet_NaN();
  while (true) {
    const double x = normals.normal();
    double v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    const double u = uniforms.uniform();
    // The first test, which spares the logarithms, passes for 9 of 10.
    if (u < 1 - 0.0331 * (x * x) * (x * x) ||
        std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) {
      return small ? d * v * std::pow(uniforms.uniform(), 1 / alpha) : d * v;
    }
  }
}

double log_factorial(double k) {
  int sign = 0;
  return lgamma_r(k + 1, &sign);
}

double poisson_number(double rate, Words& words) {
  if (!(rate >= 0.0) || std::isinf(rate)) return std::numeric_limits<double>::quiet_NaN();
  Doubles uniforms(words);
  if (rate < 10.0) {
    const double limit = std::exp(-rate);
    double product = uniforms.uniform();
    double k = 0;
    for (; product > limit; ++k) product *= uniforms.uniform();
    return k;
  }
  const double log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  while (true) {
    const double u = uniforms.uniform() - 0.5;
    const double v = uniforms.uniform();
    const double shifted = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / shifted + b) * u + rate + 0.43);
    if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    const double s = std::log(v * inverse_alpha / (a / (shifted * shifted) + b));
    if (s <= -rate + k * log_rate - log_factorial(k)) return k;
  }
}

/// ln k! less Stirling's formula.
double stirling_tail(double k) {
  constexpr double kTails[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983,
                               0.02079067210376509, 0.0166446911898211, 0.0138761288230707,
                               0.0118967099458917,  0.0104112652619720, 0.00925546218271273,
                               0.00833056343336287};
  if (k <= 9) return kTails[static_cast<int>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

/// Hormann's BTRS, for an expected count of at least 10 and a probability of at most a half.
double many_binomial(double count, double prob, Doubles& uniforms) {
  const double deviation = std::sqrt(count * prob * (1 - prob));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * prob;
  const double c = count * prob + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  const double r = prob / (1 - prob);
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double m = std::floor((count + 1) * prob);
  while (true) {
    const double u = uniforms.uniform() - 0.5;
    double v = uniforms.uniform();
    const double shifted = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / shifted + b) * u + c);
    if (shifted >= 0.07 && v <= v_r) return k;
    if (k < 0 || k > count) continue;
    v = std::log(v * alpha / (a / (shifted * shifted) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (r * (count - m + 1))) +
                         (count + 1) * std::log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * std::log(r * (count - k + 1) / (k + 1)) + stirling_tail(m) +
                         stirling_tail(count - m) - stirling_tail(k) - stirling_tail(count - k);
    if (v <= bound) return k;
  }
}

/// Geometric numbers are added up until they exceed the count.
double few_binomial(double count, double prob, Doubles& uniforms) {
  double sum = 0;
  double k = 0;
  while (true) {
    sum += std::ceil(std::log(uniforms.uniform()) / std::log1p(-prob));
    if (sum > count) return k;
    ++k;
  }
}

/// Whether to take `many_binomial`; TensorFlow asks in the parameters' own dtype.
template <class T>
double binomial_number(T count, T prob, const PhiloxStream& stream, std::int64_t index) {
  const auto n = static_cast<double>(count);
  const auto p = static_cast<double>(prob);
  if (p != p || n != n || std::isinf(n)) return std::numeric_limits<double>::quiet_NaN();
  if (n <= 0.0 || p <= 0.0) return 0.0;
  if (p >= 1.0) return n;
  using Wide = std::conditional_t<(sizeof(T) < 4), float, T>;
  const bool turned = p > 0.5;
  const T q = turned ? static_cast<T>(Wide{1} - static_cast<Wide>(prob)) : prob;
  const bool many =
      static_cast<Wide>(static_cast<T>(static_cast<Wide>(count) * static_cast<Wide>(q))) >=
      Wide{10};
  // Few take 10 numbers on average, and 42 at ten standard deviations.
  Words words(stream, static_cast<std::uint64_t>(index * (many ? kReserved : 42)));
  Doubles uniforms(words);
  const auto wide = static_cast<double>(q);
  const double k = many ? many_binomial(n, wide, uniforms) : few_binomial(n, wide, uniforms);
  return turned ? n - k : k;
}

/// A number as a count of type T; NaN as an integer is 0.
template <class T>
T as_count(double number) {
  if constexpr (std::is_integral_v<T>) {
    if (number != number) return T{0};
    if (number >= static_cast<double>(std::numeric_limits<T>::max())) {
      return std::numeric_limits<T>::max();
    }
    return static_cast<T>(number);
  } else if constexpr (sizeof(T) < 4) {
    return T(static_cast<float>(number));
  } else {
    return static_cast<T>(number);
  }
}

/// Calls `make(parameter, index)` for each output. TensorFlow numbers the outputs parameter by
/// parameter, while they lie sample by sample.
template <class Make>
void for_each_output(const Tensor& parameters, Tensor& output, Make&& make) {
  const std::int64_t each = parameters.size();
  if (output.size() == 0) return;
  const std::int64_t samples = output.size() / each;
  dispatch_numeric(output.dtype(), [&]<class T>(Type<T>) {
    T* to = output.mutable_data_as<T>();
    parallel_for(output.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      for (; begin < end; ++begin) {
        const std::int64_t parameter = begin / samples;
        to[begin % samples * each + parameter] = as_count<T>(make(parameter, begin));
      }
    });
  });
}

template <double (*number)(double, Words&)>
void run_by_parameter(const OpCall& call, std::span<Tensor> outputs) {
  const PhiloxStream stream = stream_of(call.input(0));
  dispatch_numeric(call.input(1).dtype(), [&]<class P>(Type<P>) {
    const P* parameters = call.input(1).data_as<P>();
    for_each_output(call.input(1), outputs[0], [&](std::int64_t parameter, std::int64_t index) {
      Words words(stream, static_cast<std::uint64_t>(index * kReserved));
      return number(static_cast<double>(parameters[parameter]), words);
    });
  });
}

void run_binomial(const OpCall& call, std::span<Tensor> outputs) {
  const PhiloxStream stream = stream_of(call.input(0));
  dispatch_numeric(call.input(1).dtype(), [&]<class P>(Type<P>) {
    if constexpr (!std::is_integral_v<P>) {
      const P* counts = call.input(1).data_as<P>();
      const P* probs = call.input(2).data_as<P>();
      for_each_output(call.input(1), outputs[0], [&](std::int64_t parameter, std::int64_t index) {
        return binomial_number(counts[parameter], probs[parameter], stream, index);
      });
    }
  });
}

/// Sums of exp(logit - largest), class by class; what is not finite adds nothing.
template <class T>
void sum_probabilities(const T* logits, std::vector<double>& sums) {
  double largest = std::numeric_limits<double>::lowest();
  for (std::size_t j = 0; j < sums.size(); ++j) {
    const auto logit = static_cast<double>(logits[j]);
    if (std::isfinite(logit)) largest = std::max(largest, logit);
  }
  double sum = 0.0;
  for (std::size_t j = 0; j < sums.size(); ++j) {
    const auto logit = static_cast<double>(logits[j]);
    if (std::isfinite(logit)) sum += std::exp(logit - largest);
    sums[j] = sum;
  }
}

void run_categorical(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& logits = call.input(1);
  const std::int64_t classes = logits.shape()[1];
  const std::int64_t samples = outputs[0].shape()[1];
  const PhiloxStream stream = stream_of(call.input(0));
  const auto run = [&]<class T, class I>(Type<T>, Type<I>) {
    const T* rows = logits.data_as<T>();
    I* to = outputs[0].mutable_data_as<I>();
    const std::int64_t grain = std::max<std::int64_t>(1, 4096 / (classes + samples + 1));
    parallel_for(logits.shape()[0], grain, [&](std::int64_t begin, std::int64_t end) {
      std::vector<double> sums(static_cast<std::size_t>(classes));
      for (; begin < end; ++begin) {
        sum_probabilities(rows + begin * classes, sums);
        for (std::int64_t j = begin * samples; j < (begin + 1) * samples; ++j) {
          Words words(stream, static_cast<std::uint64_t>(j / 2));  // two doubles a block
          if (j % 2 != 0) {
            (void)words.next();
            (void)words.next();
          }
          const std::uint32_t high = words.next();
          const double wanted = unit(high, words.next()) * sums.back();
          to[j] = static_cast<I>(std::upper_bound(sums.begin(), sums.end(), wanted) - sums.begin());
        }
      }
    });
  };
  dispatch_numeric(logits.dtype(), [&]<class T>(Type<T> type) {
    if constexpr (!std::is_integral_v<T>) {
      if (outputs[0].dtype() == int32) {
        run(type, Type<std::int32_t>{});
      } else {
        run(type, Type<std::int64_t>{});
      }
    }
  });
}

}  // namespace

void register_random_distributions() {
  const auto add = [](const char* op, KernelFunction run) {
    register_kernel(op, DeviceType::kCPU, {run});
  };
  add("stateless_gamma", &run_by_parameter<gamma_number>);
  add("stateless_poisson", &run_by_parameter<poisson_number>);
  add("stateless_binomial", &run_binomial);
  add("stateless_categorical", &run_categorical);
}

}  // namespace saem::cpu
