#include "src/base/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace huiqiao {

namespace {

struct Name {
    std::string_view name;
    Charset charset;
};
constexpr std::array kNames{Name{"UTF-8", Charset::Utf8}, Name{"GBK", Charset::Gbk}, Name{"GB18030", Charset::Gb18030},
                            Name{"UTF8", Charset::Utf8}, Name{"GB2312", Charset::Gbk}};

/// One conversion; closed with its scope.
class Conversion {
 public:
    Conversion(const char* to, const char* from) : descriptor_(iconv_open(to, from)) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast,performance-no-int-to-ptr): iconv's own value
        if (descriptor_ == reinterpret_cast<iconv_t>(-1)) {
            throw LogicError(std::string("the C library has no conversion from ") + from + " to " + to);
        }
    }
    ~Conversion() { iconv_close(descriptor_); }
    Conversion(const Conversion&) = delete;
    Conversion& operator=(const Conversion&) = delete;

    /// All of text into out, or false with how many bytes of it were taken.
    bool run(std::string_view text, std::string& out, std::size_t& taken) {
        std::array<char, 4096> room{};
        char* in = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): iconv's signature
        std::size_t left = text.size();
        while (left > 0) {
            char* to = room.data();
            std::size_t free = room.size();
            const std::size_t before = left;
            const std::size_t done = iconv(descriptor_, &in, &left, &to, &free);
            out.append(room.data(), room.size() - free);
            taken = text.size() - left;
            if (done == static_cast<std::size_t>(-1) && (free == room.size() || left == before)) return false;
        }
        return true;
    }

 private:
    iconv_t descriptor_;
};

const char* iconv_name(Charset charset, bool reading) {
    switch (charset) {
        case Charset::Utf8: return "UTF-8";
        case Charset::Gbk: return reading ? "GB18030" : "GBK";
        case Charset::Gb18030: return "GB18030";
    }
    throw LogicError("unnamed character set");
}

Result<std::string> converted(const char* to, const char* from, std::string_view text, Charset named,
                              const ErrorCode& code) {
    Conversion conversion(to, from);
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    std::size_t taken = 0;
    if (conversion.run(text, out, taken)) return out;
    return Error(code, {{"charset", std::string(to_text(named))}, {"position", std::to_string(taken)}});
}

}  // namespace

std::string_view to_text(Charset charset) {
    for (const Name& each : kNames) {
        if (each.charset == charset) return each.name;
    }
    throw LogicError("unnamed character set");
}

std::optional<Charset> charset_from_text(std::string_view name) {
    const auto same = [name](const Name& each) {
        return std::equal(name.begin(), name.end(), each.name.begin(), each.name.end(), [](char a, char b) {
            return std::toupper(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
        });
    };
    const auto found = std::find_if(kNames.begin(), kNames.end(), same);
    return found == kNames.end() ? std::nullopt : std::optional(found->charset);
}

Result<std::string> to_utf8(Charset from, std::string_view bytes) {
    return converted("UTF-8", iconv_name(from, true), bytes, from, base_error::kUndecodable);
}

Result<std::string> from_utf8(Charset to, std::string_view text) {
    return converted(iconv_name(to, false), "UTF-8", text, to, base_error::kUnencodable);
}

}  // namespace huiqiao
