#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <saem/core/op.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/reduce.hpp>
#include <set>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

/// A field of every kind.
struct EveryOptions {
  double number = 0.5;
  float small = 0.1F;
  std::int8_t byte = -1;
  std::uint64_t count = 0;
  bool flag = false;
  std::string text;
  DType dtype = float32;
  Shape shape;
  Axes axis;
  Scalar scalar = 0;
  Index index = 0;
  std::optional<double> maybe;
  std::vector<std::string> names;
  SmallVector<Index, 2> indices;
  std::vector<Dims> nested;
  std::vector<Scalar> scalars;
  Diagonals diagonals;

  static constexpr const char* kName = "EveryOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("number", self.number);
    visit("small", self.small);
    visit("byte", self.byte);
    visit("count", self.count);
    visit("flag", self.flag);
    visit("text", self.text);
    visit("dtype", self.dtype);
    visit("shape", self.shape);
    visit("axis", self.axis);
    visit("scalar", self.scalar);
    visit("index", self.index);
    visit("maybe", self.maybe);
    visit("names", self.names);
    visit("indices", self.indices);
    visit("nested", self.nested);
    visit("scalars", self.scalars);
    visit("diagonals", self.diagonals);
  }
};

struct FunctionOptions {
  static constexpr const char* kName = "FunctionOptions";
  static constexpr bool kSerializable = false;
  std::function<void()> function = {};
  int number = 0;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("number", self.number);
  }
};

struct NumberOptions {
  static constexpr const char* kName = "NumberOptions";
  double x = 0;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("x", self.x);
  }
};

/// What `options` is after it was written and read.
template <class T>
T read_back(const T& options) {
  const Attributes read =
      Attributes::parse(&kAttributesType<T>, AttributesRef(options).to_string());
  EXPECT_EQ(read.ref(), AttributesRef(options)) << AttributesRef(options).to_string();
  EXPECT_EQ(read.ref().hash(), AttributesRef(options).hash());
  EXPECT_EQ(read.ref().to_string(), AttributesRef(options).to_string());
  return read.ref().as<T>();
}

template <class T>
std::string error_of_text(std::string_view text) {
  return error_of<ValueError>([&] { (void)Attributes::parse(&kAttributesType<T>, text); });
}

/// The names and values of a text whose values are known to be in order.
std::vector<std::pair<std::string, std::string>> fields_of(const std::string& text) {
  std::vector<std::string_view> pieces;
  const std::string list = "[" + text + "]";
  EXPECT_TRUE(attribute::split_list(list, pieces)) << text;
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string_view piece : pieces) {
    const std::size_t equals = piece.find('=');
    fields.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
  }
  return fields;
}

std::string joined(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += (text.empty() ? "" : ", ") + name + "=" + value;
  return text;
}

/// As `to_text` writes values of all kinds.
const std::vector<std::string> kValues = {"true",
                                          "false",
                                          "0",
                                          "-3",
                                          "7",
                                          "9223372036854775807",
                                          "none",
                                          "all",
                                          "0.1",
                                          "-0",
                                          "-0.0",
                                          "1.0",
                                          "1e+300",
                                          "5e-324",
                                          "inf",
                                          "-inf",
                                          "nan",
                                          "-nan",
                                          "[]",
                                          "[1]",
                                          "[1, 2]",
                                          "[-1, -2]",
                                          "[0, 0]",
                                          "18446744073709551615u",
                                          "()",
                                          "(2,)",
                                          "(2, 3)",
                                          "(0, -1)",
                                          "float64",
                                          "bool",
                                          "\"\"",
                                          "\"a\"",
                                          "\"SAME\"",
                                          "\"a=1, b=[\\\"\\\\\\n\\x00\"",
                                          "(1.0-2.5j)",
                                          "(nan+infj)",
                                          "\"1; abs(0); -> 1\"",
                                          "[\"a\", \"\"]"};

/// Those that a field of one kind writes otherwise than that of another.
const std::set<std::string> kOtherwise = {"-0", "-0.0", "1.0", "9223372036854775807"};

/// All descriptors in the op table.
std::vector<const AttributesType*> all_types() {
  std::vector<const AttributesType*> types;
  for (const OpDef* op : all_ops()) {
    if (op->options != nullptr) types.push_back(op->options);
  }
  return types;
}

TEST(Attributes, DefaultsOfEveryOpReadBack) {
  int count = 0;
  for (const OpDef* op : all_ops()) {
    if (op->options == nullptr) continue;
    SCOPED_TRACE(op->name);
    const AttributesType& type = *op->options;
    ASSERT_TRUE(type.serializable);
    const auto options = type.make_default();
    const std::string text = type.to_string(options.get());
    const Attributes read = Attributes::parse(op->options, text);
    EXPECT_TRUE(type.equal(options.get(), read.ref().data())) << text;
    EXPECT_EQ(type.hash(options.get()), read.ref().hash()) << text;
    EXPECT_EQ(read.ref().to_string(), text);
    ++count;
  }
  EXPECT_GT(count, 70);
}

TEST(Attributes, OtherValuesOfEveryOpReadBack) {
  for (const OpDef* op : all_ops()) {
    if (op->options == nullptr) continue;
    const auto options = op->options->make_default();
    const auto fields = fields_of(op->options->to_string(options.get()));
    for (std::size_t i = 0; i < fields.size(); ++i) {
      std::vector<Attributes> taken;
      for (const std::string& value : kValues) {
        auto changed = fields;
        changed[i].second = value;
        try {
          taken.push_back(Attributes::parse(op->options, joined(changed)));
        } catch (const ValueError&) {
          continue;  // of another kind
        }
        const AttributesRef read = taken.back();
        EXPECT_EQ(Attributes::parse(op->options, read.to_string()).ref(), read);
        if (!kOtherwise.contains(value)) {
          EXPECT_EQ(read.to_string(), joined(changed));
        }
      }
      EXPECT_GE(taken.size(), 2u) << op->name << " takes no values for " << fields[i].first;
      // Options are equal where their texts are.
      for (const AttributesRef a : taken) {
        for (const AttributesRef b : taken) {
          EXPECT_EQ(a == b, a.to_string() == b.to_string()) << a.to_string() << b.to_string();
          if (a == b) {
            EXPECT_EQ(a.hash(), b.hash());
          }
        }
      }
    }
  }
}

TEST(Attributes, EveryKindOfFieldReadsBack) {
  EveryOptions options;
  read_back(options);
  options = {.number = 1.0 / 3,
             .small = 0.3F,
             .byte = -128,
             .count = std::numeric_limits<std::uint64_t>::max(),
             .flag = true,
             .text = std::string("a \"b\"\\ \n\t[(,=\0\x7f 안녕", 22),
             .dtype = dtypes::float8_e5m2,
             .shape = {2, -1, 0},
             .axis = {0, -1},
             .scalar = std::uint64_t{1} << 63,
             .index = slice(-1, none, -2),
             .maybe = 0.0,
             .names = {"", ", ", "\"]"},
             .indices = {0, all, ellipsis, newaxis, slice(none, 3), slice(1, 5, 2)},
             .nested = {{}, {1}, {2, 3}},
             .scalars = {1, 1u, 1.0, true, std::complex<double>(1e-5, -2e30)},
             .diagonals = {-1, 2}};
  const EveryOptions read = read_back(options);
  EXPECT_EQ(read.number, options.number);
  EXPECT_EQ(read.small, options.small);
  EXPECT_EQ(read.byte, options.byte);
  EXPECT_EQ(read.count, options.count);
  EXPECT_EQ(read.text, options.text);
  EXPECT_EQ(read.dtype, options.dtype);
  EXPECT_EQ(read.shape, options.shape);
  EXPECT_EQ(read.axis, options.axis);
  EXPECT_EQ(read.scalar, options.scalar);
  EXPECT_EQ(read.index, options.index);
  EXPECT_EQ(read.maybe, options.maybe);
  EXPECT_EQ(read.names, options.names);
  EXPECT_EQ(read.nested, options.nested);
  EXPECT_EQ(read.scalars, options.scalars);
  EXPECT_EQ(read.diagonals.highest(), 2);
  ASSERT_EQ(read.indices.size(), options.indices.size());
  for (std::size_t i = 0; i < read.indices.size(); ++i) {
    EXPECT_EQ(read.indices[i], options.indices[i]);
  }
}

TEST(Attributes, NumbersReadBackToTheBit) {
  std::mt19937_64 random(1);
  std::vector<double> values = {0.0,
                                -0.0,
                                1.0,
                                1e21,
                                0x1p-1074,
                                0.1,
                                std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::quiet_NaN(),
                                std::bit_cast<double>(0x7ff0000000000001u),
                                std::bit_cast<double>(0xfff8000000000123u),
                                std::numeric_limits<double>::max()};
  for (int i = 0; i < 2000; ++i) values.push_back(std::bit_cast<double>(random()));
  for (const double value : values) {
    for (const double x : {value, -value}) {
      const double read = read_back(NumberOptions{x}).x;
      EXPECT_EQ(std::bit_cast<std::uint64_t>(read), std::bit_cast<std::uint64_t>(x)) << x;
      Scalar scalar = 0;
      ASSERT_TRUE(attribute::from_text(attribute::to_text(Scalar(x)), scalar)) << x;
      EXPECT_TRUE(attribute::same(scalar, Scalar(x))) << x;
      const Scalar complex = std::complex<double>(x, -value);
      ASSERT_TRUE(attribute::from_text(attribute::to_text(complex), scalar)) << x;
      EXPECT_TRUE(attribute::same(scalar, complex)) << attribute::to_text(complex);
    }
  }
}

TEST(Attributes, EqualityTellsApartWhatTextsTellApart) {
  const FillOptions integer{{2}, 1, float32};
  const FillOptions fraction{{2}, 1.0, float32};
  EXPECT_EQ(AttributesRef(fraction).to_string(), "shape=(2,), value=1.0, dtype=float32");
  EXPECT_NE(AttributesRef(integer), AttributesRef(fraction));
  EXPECT_NE(AttributesRef(NumberOptions{0.0}), AttributesRef(NumberOptions{-0.0}));
  EXPECT_EQ(AttributesRef(NumberOptions{NAN}), AttributesRef(NumberOptions{NAN}));
  EXPECT_NE(AttributesRef(integer), AttributesRef(NumberOptions{}));
  EXPECT_NE(AttributesRef(integer), AttributesRef());
  EXPECT_EQ(AttributesRef(), AttributesRef());
  EXPECT_NE(AttributesRef(ReduceOptions{}), AttributesRef(ReduceOptions{.axis = Axes({})}));
}

TEST(Attributes, FunctionsAreNoText) {
  const FunctionOptions options;
  const Attributes kept{AttributesRef(options)};
  EXPECT_FALSE(kAttributesType<FunctionOptions>.serializable);
  EXPECT_EQ(error_of_text<FunctionOptions>(kept.ref().to_string()),
            "FunctionOptions: holds functions, which no text can say; leave the op that it belongs "
            "to out of what is saved");
  EXPECT_EQ(kept.ref(), kept.ref());
  EXPECT_NE(kept.ref(), AttributesRef(options));  // who knows what the functions do
}

TEST(Attributes, AnOpWithoutOptionsTakesNoText) {
  EXPECT_TRUE(Attributes::parse(nullptr, "").ref().empty());
  EXPECT_EQ(error_of<ValueError>([] { (void)Attributes::parse(nullptr, "axis=1"); }),
            "Attributes.parse: got \"axis=1\" for an op that has no options");
}

TEST(Attributes, ADescriptorOfAnotherLibraryIsTheSameType) {
  AttributesType twin = kAttributesType<FillOptions>;  // as where symbols are hidden
  const FillOptions options{{2}, 1.5, float32};
  const AttributesRef foreign(&twin, &options);
  EXPECT_EQ(foreign, AttributesRef(options));
  EXPECT_TRUE(testing::has_values(apply_one(*find_op("fill"), {}, foreign), {2}, {1.5, 1.5}));
}

TEST(Attributes, TextsMayBeWrittenByHand) {
  const Attributes read =
      Attributes::parse(&kAttributesType<ReduceOptions>, " keepdims = true ,axis=[ 1,-2 ] ");
  EXPECT_EQ(read.ref().to_string(), "axis=[1, -2], keepdims=true");
}

TEST(Attributes, BadTextsAreErrorsThatNameTheField) {
  EXPECT_EQ(error_of_text<ReduceOptions>("axis=all, keepdims=maybe"),
            "ReduceOptions: the field keepdims cannot be \"maybe\"; it is written like false");
  EXPECT_EQ(error_of_text<ReduceOptions>("axis=all, keep=true"),
            "ReduceOptions: has no field \"keep\"; its fields are axis, keepdims");
  EXPECT_EQ(error_of_text<ReduceOptions>("axis=all"),
            "ReduceOptions: the field keepdims is missing in \"axis=all\"; the fields are axis, "
            "keepdims");
  EXPECT_EQ(error_of_text<ReduceOptions>("axis=all, axis=all, keepdims=true"),
            "ReduceOptions: the field axis is given twice");
  EXPECT_EQ(error_of_text<ReduceOptions>("axis=[0, 1, keepdims=true"),
            "ReduceOptions: brackets or quotes do not match in \"axis=[0, 1, keepdims=true\"");
  EXPECT_EQ(error_of_text<ReduceOptions>("axis=all, true"),
            "ReduceOptions: \"true\" is not name=value; the fields are axis, keepdims");
  EXPECT_THAT(error_of_text<ReduceOptions>(""), HasSubstr("the field axis is missing in \"\""));
  EXPECT_THAT(error_of_text<ReduceOptions>("axis=" + std::string(100000, '[')),
              HasSubstr("do not match"));
  EXPECT_THAT(error_of_text<ReduceOptions>("axis=" + std::string(100000, '9') + ", keepdims=true"),
              HasSubstr('"' + std::string(60, '9') + "\"...;"));
}

TEST(Attributes, BadValuesAreRefused) {
  for (const char* text : {"", "+1", "1e999", "0x10", "1 2", "1,", "infinity", "nan(1)", "nan()",
                           "nan(0x0)", "nan(0x7ff8000000000001", "--1", "-", "."}) {
    double value = 0;
    EXPECT_FALSE(attribute::from_text(text, value)) << text;
  }
  for (const char* text : {"(2)", "(2,3,)", "(,)", "(", ")", "(2, 3", "2, 3", "(2.0,)", "(,2)"}) {
    Shape value;
    EXPECT_FALSE(attribute::from_text(text, value)) << text;
  }
  for (const char* text :
       {"", "\"", "a", "\"a\"b\"", "\"\\\"", "\"\\x\"", "\"\\x1\"", "\"\\q\"", "\"\\x-1\""}) {
    std::string value;
    EXPECT_FALSE(attribute::from_text(text, value)) << text;
  }
  for (const char* text : {"", "..", "1:2:", "1:2:3:4", "a:b", "none", "1: 2"}) {
    Index value = 0;
    EXPECT_FALSE(attribute::from_text(text, value)) << text;
  }
  for (const char* text : {"", "u", "-1u", "1.0u", "(1j)", "(1.0+2.0)", "(j)", "()", "(+j)",
                           "(1.0+j)", "tru", "99999999999999999999"}) {
    Scalar value = 0;
    EXPECT_FALSE(attribute::from_text(text, value)) << text;
  }
  for (const char* text :
       {"", "[", "]", "[1", "[1, ]", "[, 1]", "[1 2]", "[1], [2]", "[[1]]", "[1)", "[1, 2.0]"}) {
    Dims value;
    EXPECT_FALSE(attribute::from_text(text, value)) << text;
  }
  std::int8_t byte = 0;
  EXPECT_TRUE(attribute::from_text("127", byte));
  EXPECT_FALSE(attribute::from_text("128", byte));
  std::uint8_t natural = 0;
  EXPECT_FALSE(attribute::from_text("-1", natural));
  Diagonals diagonals;
  EXPECT_FALSE(from_text("[1]", diagonals));
}

TEST(Attributes, DamagedTextsNeverCrash) {
  auto types = all_types();
  types.push_back(&kAttributesType<EveryOptions>);
  std::mt19937 random(7);
  const std::string_view bytes("[](),=\"\\ .:-+0123456789abcdefinrtuxj\n\0\xff", 40);
  const auto below = [&](std::size_t count) { return random() % count; };
  int read = 0;
  for (const AttributesType* type : types) {
    const std::string whole = type->to_string(type->make_default().get());
    for (int i = 0; i < 300; ++i) {
      std::string text = whole;
      for (std::size_t damages = 1 + below(3); damages > 0 && !text.empty(); --damages) {
        const std::size_t at = below(text.size());
        switch (below(5)) {
          case 0:
            text.erase(at, 1 + below(4));
            break;
          case 1:
            text.insert(at, 1, bytes[below(bytes.size())]);
            break;
          case 2:
            text.insert(at, kValues[below(kValues.size())]);
            break;
          case 3:
            text.insert(at, text.substr(below(text.size()), below(text.size())));
            break;
          default:
            text[at] = bytes[below(bytes.size())];
        }
      }
      try {
        const Attributes options = Attributes::parse(type, text);
        EXPECT_EQ(Attributes::parse(type, options.ref().to_string()).ref(), options.ref()) << text;
        ++read;
      } catch (const ValueError& error) {
        EXPECT_THAT(error.what(), ::testing::StartsWith(type->name));
      }
    }
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace saem
