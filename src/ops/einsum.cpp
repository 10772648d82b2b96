// einsum: a function over ops, so that it runs, is traced and differentiated wherever they are.
#include <algorithm>
#include <limits>
#include <map>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/einsum.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>
#include <string>
#include <vector>

#include "base/message.hpp"

namespace saem {
namespace {

/// An axis: a letter, or kEllipsis + its place counted from the last axis of "...".
using Label = int;
using Labels = std::vector<Label>;
constexpr Label kEllipsis = 1000;
/// What stands for "..." until it is known how many axes it has.
constexpr Label kDots = -1;

using Sizes = std::map<Label, std::int64_t>;

struct Term {
  Tensor tensor;
  Labels labels;  ///< one an axis
};

bool contains(const Labels& labels, Label label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

[[noreturn, gnu::cold]] void raise_format(std::string_view equation) {
  raise<ValueError>("einsum", "\"{}\" is no equation; write one as \"ij,jk->ik\"", equation);
}

Labels parse_labels(std::string_view text, std::string_view equation) {
  Labels labels;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      labels.push_back(c);
    } else if (text.substr(i, 3) == "..." && !contains(labels, kDots)) {
      labels.push_back(kDots);
      i += 2;
    } else {
      raise_format(equation);
    }
  }
  return labels;
}

struct Equation {
  std::vector<Labels> inputs;
  Labels output;
};

Labels implicit_output(const std::vector<Labels>& inputs) {
  std::map<Label, int> count;
  for (const Labels& labels : inputs) {
    for (const Label label : labels) ++count[label];
  }
  Labels output;
  for (const auto& [label, times] : count) {  // kDots is the smallest
    if (times == 1 || label == kDots) output.push_back(label);
  }
  return output;
}

Equation parse(std::string_view equation) {
  std::string text;
  for (const char c : equation) {
    if (c != ' ') text.push_back(c);
  }
  const std::size_t arrow = text.find("->");
  std::string_view left = std::string_view(text).substr(0, arrow);
  Equation result;
  while (true) {
    const std::size_t comma = left.find(',');
    result.inputs.push_back(parse_labels(left.substr(0, comma), equation));
    if (comma == std::string_view::npos) break;
    left.remove_prefix(comma + 1);
  }
  if (arrow == std::string::npos) {
    result.output = implicit_output(result.inputs);
    return result;
  }
  result.output = parse_labels(std::string_view(text).substr(arrow + 2), equation);
  for (std::size_t i = 0; i < result.output.size(); ++i) {
    const Label label = result.output[i];
    const bool twice = std::count(result.output.begin(), result.output.end(), label) > 1;
    const bool known = label == kDots ||
                       std::any_of(result.inputs.begin(), result.inputs.end(),
                                   [&](const Labels& labels) { return contains(labels, label); });
    if (twice || !known) {
      raise<ValueError>("einsum", "the result of \"{}\" has axis {} {}", equation,
                        static_cast<char>(label), twice ? "twice" : "that no operand has");
    }
  }
  return result;
}

/// "..." as the axes that it stands for.
Labels expand(const Labels& labels, int dots) {
  Labels result;
  for (const Label label : labels) {
    if (label != kDots) {
      result.push_back(label);
    } else {
      for (int axis = dots; axis-- > 0;) result.push_back(kEllipsis + axis);
    }
  }
  return result;
}

Term make_term(const Tensor& tensor, const Labels& labels, std::size_t number) {
  const int letters = static_cast<int>(labels.size()) - (contains(labels, kDots) ? 1 : 0);
  const int dots = tensor.rank() - letters;
  if (dots < 0 || (dots > 0 && !contains(labels, kDots))) {
    raise<ShapeError>("einsum", "operand {} has shape {}, the equation names {} axes", number,
                      tensor.shape().to_string(), letters);
  }
  return {tensor, expand(labels, dots)};
}

void note_sizes(const Term& term, Sizes& sizes) {
  for (std::size_t axis = 0; axis < term.labels.size(); ++axis) {
    const Label label = term.labels[axis];
    const std::int64_t size = term.tensor.shape()[static_cast<int>(axis)];
    const auto [known, is_new] = sizes.try_emplace(label, size);
    if (is_new || known->second == size) continue;
    if (label >= kEllipsis && (size == 1 || known->second == 1)) {
      known->second = size == 1 ? known->second : size;  // a broadcast axis may also be empty
      continue;
    }
    raise<ShapeError>(
        "einsum", "axis {} has {} elements in one operand and {} in another",
        label >= kEllipsis ? std::string("...") : std::string(1, static_cast<char>(label)),
        known->second, size);
  }
}

/// `term` with its axes in the order of `labels`, which are all its own.
Tensor arranged(const Term& term, const Labels& labels) {
  Dims perm;
  bool same = true;
  for (const Label label : labels) {
    const auto at = std::find(term.labels.begin(), term.labels.end(), label);
    perm.push_back(at - term.labels.begin());
    same = same && perm.back() == static_cast<std::int64_t>(perm.size()) - 1;
  }
  return same ? term.tensor : transpose(term.tensor, {.perm = perm});
}

/// A label that occurs twice becomes one axis: the diagonal of the two.
void take_diagonals(Term& term) {
  for (std::size_t i = 0; i < term.labels.size();) {
    const Label label = term.labels[i];
    const auto second = std::find(term.labels.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                  term.labels.end(), label);
    if (second == term.labels.end()) {
      ++i;
      continue;
    }
    const auto j = static_cast<std::size_t>(second - term.labels.begin());
    Dims perm;
    Labels labels;
    for (std::size_t axis = 0; axis < term.labels.size(); ++axis) {
      if (axis == i || axis == j) continue;
      perm.push_back(static_cast<std::int64_t>(axis));
      labels.push_back(term.labels[axis]);
    }
    perm.push_back(static_cast<std::int64_t>(i));
    perm.push_back(static_cast<std::int64_t>(j));
    labels.push_back(label);
    term.tensor = linalg::diag_part(transpose(term.tensor, {.perm = perm}));
    term.labels = std::move(labels);
    i = 0;
  }
}

/// Drops axes of size 1 that another operand has at full length.
void drop_broadcast_axes(Term& term, const Sizes& sizes) {
  Labels labels;
  Dims dropped;
  for (std::size_t axis = 0; axis < term.labels.size(); ++axis) {
    const int at = static_cast<int>(axis);
    if (term.tensor.shape()[at] == 1 && sizes.at(term.labels[axis]) != 1) {
      dropped.push_back(at);
    } else {
      labels.push_back(term.labels[axis]);
    }
  }
  if (dropped.empty()) return;
  term.tensor = squeeze(term.tensor, {.axis = Axes(dropped)});
  term.labels = std::move(labels);
}

/// Sums over the labels that `keep` does not have.
void sum_away(Term& term, const Labels& keep) {
  Labels labels;
  Dims axes;
  for (std::size_t axis = 0; axis < term.labels.size(); ++axis) {
    if (contains(keep, term.labels[axis])) {
      labels.push_back(term.labels[axis]);
    } else {
      axes.push_back(static_cast<std::int64_t>(axis));
    }
  }
  if (axes.empty()) return;
  term.tensor = reduce_sum(term.tensor, {.axis = Axes(axes)});
  term.labels = std::move(labels);
}

Labels joined(std::initializer_list<const Labels*> parts) {
  Labels all;
  for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

std::int64_t product(const Labels& labels, const Sizes& sizes) {
  std::int64_t size = 1;
  for (const Label label : labels) size *= sizes.at(label);
  return size;
}

Shape shape_of(const Labels& labels, const Sizes& sizes) {
  Shape shape;
  for (const Label label : labels) shape.push_back(sizes.at(label));
  return shape;
}

/// The product of two terms, with the labels of `keep` alone.
Term contract(Term a, Term b, const Labels& keep, const Sizes& sizes) {
  sum_away(a, joined({&keep, &b.labels}));
  sum_away(b, joined({&keep, &a.labels}));
  Labels batch;
  Labels inner;
  Labels left;
  Labels right;
  for (const Label label : a.labels) {
    (!contains(b.labels, label) ? left : contains(keep, label) ? batch : inner).push_back(label);
  }
  for (const Label label : b.labels) {
    if (!contains(a.labels, label)) right.push_back(label);
  }
  const std::int64_t pairs = product(batch, sizes);
  const std::int64_t rows = product(left, sizes);
  const std::int64_t columns = product(right, sizes);
  const std::int64_t sum = product(inner, sizes);
  const Tensor x = arranged(a, joined({&batch, &left, &inner}));
  const Tensor y = arranged(b, joined({&batch, &inner, &right}));
  const Labels labels = joined({&batch, &left, &right});
  Tensor result;
  if (inner.empty()) {
    result = multiply(reshape(x, {pairs, rows, 1}), reshape(y, {pairs, 1, columns}));
  } else if (batch.empty()) {
    result = matmul(reshape(x, {rows, sum}), reshape(y, {sum, columns}));
  } else {
    result = matmul(reshape(x, {pairs, rows, sum}), reshape(y, {pairs, sum, columns}));
  }
  return {reshape(result, shape_of(labels, sizes)), labels};
}

/// Terms by their labels alone, while an order is looked for.
class Order {
 public:
  Order(const Labels& output, const Sizes& sizes) : output_(output), sizes_(sizes) {}

  struct Pair {
    std::size_t first = 0;
    std::size_t second = 1;
  };

  /// The pair to contract first.
  [[nodiscard]] Pair next(const std::vector<Labels>& terms) const {
    if (terms.size() == 2) return {};
    return terms.size() <= kExhaustive ? cheapest(terms).second : greedy(terms);
  }

  /// What the product of two of `terms` must keep.
  [[nodiscard]] Labels kept(const std::vector<Labels>& terms, Pair pair) const {
    Labels keep = output_;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (i == pair.first || i == pair.second) continue;
      keep.insert(keep.end(), terms[i].begin(), terms[i].end());
    }
    return keep;
  }

 private:
  /// 10 x 6 x 3 orders for five terms.
  static constexpr std::size_t kExhaustive = 5;

  [[nodiscard]] double size(const Labels& labels) const {
    double result = 1;
    for (const Label label : labels) result *= static_cast<double>(sizes_.at(label));
    return result;
  }

  static Labels united(const Labels& a, const Labels& b) {
    Labels all = a;
    for (const Label label : b) {
      if (!contains(all, label)) all.push_back(label);
    }
    return all;
  }

  [[nodiscard]] Labels result(const std::vector<Labels>& terms, Pair pair) const {
    const Labels keep = kept(terms, pair);
    Labels labels;
    for (const Label label : united(terms[pair.first], terms[pair.second])) {
      if (contains(keep, label)) labels.push_back(label);
    }
    return labels;
  }

  [[nodiscard]] std::pair<double, Pair> cheapest(const std::vector<Labels>& terms) const {
    std::pair<double, Pair> best{std::numeric_limits<double>::infinity(), {}};
    if (terms.size() == 1) return {0.0, {}};
    for (std::size_t j = 1; j < terms.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        std::vector<Labels> rest = terms;
        rest[i] = result(terms, {i, j});
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(j));
        const double cost = size(united(terms[i], terms[j])) + cheapest(rest).first;
        if (cost < best.first) best = {cost, {i, j}};
      }
    }
    return best;
  }

  /// The pair whose product needs least memory more than the two do.
  [[nodiscard]] Pair greedy(const std::vector<Labels>& terms) const {
    Pair best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 1; j < terms.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        const double growth = size(result(terms, {i, j})) - size(terms[i]) - size(terms[j]);
        if (growth < least) {
          least = growth;
          best = {i, j};
        }
      }
    }
    return best;
  }

  const Labels& output_;
  const Sizes& sizes_;
};

}  // namespace

Tensor einsum_of(std::string_view equation, std::span<const Tensor> operands) {
  const Equation parsed = parse(equation);
  if (parsed.inputs.size() != operands.size()) {
    raise<ValueError>("einsum", "\"{}\" has {} operands, got {}", equation, parsed.inputs.size(),
                      operands.size());
  }
  std::vector<Term> terms;
  Sizes sizes;
  int dots = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    terms.push_back(make_term(operands[i], parsed.inputs[i], i));
    note_sizes(terms.back(), sizes);
    if (contains(parsed.inputs[i], kDots)) {
      const int letters = static_cast<int>(parsed.inputs[i].size()) - 1;
      dots = std::max(dots, operands[i].rank() - letters);
    }
  }
  if (dots > 0 && !contains(parsed.output, kDots)) {
    raise<ValueError>("einsum", "the result of \"{}\" needs \"...\" as its operands have it",
                      equation);
  }
  const Labels output = expand(parsed.output, dots);
  for (Term& term : terms) {
    drop_broadcast_axes(term, sizes);
    take_diagonals(term);
  }
  const Order order(output, sizes);
  while (terms.size() > 1) {
    std::vector<Labels> labels;
    for (const Term& term : terms) labels.push_back(term.labels);
    const auto pair = order.next(labels);
    terms[pair.first] =
        contract(terms[pair.first], terms[pair.second], order.kept(labels, pair), sizes);
    terms.erase(terms.begin() + static_cast<std::ptrdiff_t>(pair.second));
  }
  sum_away(terms[0], output);
  return arranged(terms[0], output);
}

}  // namespace saem
