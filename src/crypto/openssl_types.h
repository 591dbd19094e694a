#pragma once
// Owners for the OpenSSL objects that more than one file of this room holds. Included by .cpp files of this room only.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace huiqiao::crypto {

template <auto End>
struct EndWith {
    template <class T>
    void operator()(T* object) const {
        End(object);
    }
};

using Pkey = std::unique_ptr<EVP_PKEY, EndWith<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, EndWith<EVP_PKEY_CTX_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, EndWith<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, EndWith<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, EndWith<BN_clear_free>>;
using X509Object = std::unique_ptr<X509, EndWith<X509_free>>;

inline Bio reading(std::string_view text) {
    // A text too long for an int is read as empty, and so refused.
    const bool fits = text.size() < 0x7FFFFFFFU;
    return Bio(BIO_new_mem_buf(text.data(), fits ? static_cast<int>(text.size()) : 0));
}

/// What was written to a memory BIO; valid as long as the BIO is.
inline std::string_view written(const Bio& bio) {
    char* start = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &start);
    return {start, static_cast<std::size_t>(length)};
}

}  // namespace huiqiao::crypto
