huiqiao_test(crypto_unit
  SOURCES unit/crypto_certificate_test.cpp unit/crypto_hash_test.cpp unit/crypto_key_store_test.cpp
          unit/crypto_sealer_test.cpp unit/crypto_signing_key_test.cpp
  LINK huiqiao_crypto)
