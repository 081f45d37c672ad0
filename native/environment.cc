#include "environment.h"

#include <unistd.h>

namespace rawloop {

OwnedDescriptors::~OwnedDescriptors() {
  for (size_t word = 0; word < bits_.size(); word++) {
    for (int bit = 0; bits_[word] != 0; bit++, bits_[word] >>= 1) {
      if ((bits_[word] & 1) != 0) close(static_cast<int>(word * 64) + bit);
    }
  }
}

void OwnedDescriptors::Add(int fd) {
  size_t word = static_cast<size_t>(fd) / 64;
  if (word >= bits_.size()) bits_.resize(word + word / 2 + 1);
  bits_[word] |= uint64_t{1} << (fd % 64);
}

void OwnedDescriptors::Remove(int fd) {
  size_t word = static_cast<size_t>(fd) / 64;
  if (word < bits_.size()) bits_[word] &= ~(uint64_t{1} << (fd % 64));
}

bool OwnedDescriptors::Has(int fd) const {
  size_t word = static_cast<size_t>(fd) / 64;
  return word < bits_.size() && (bits_[word] >> (fd % 64) & 1) != 0;
}

bool Environment::Create(napi_env env) {
  auto* environment = new Environment();
  auto finalize = [](napi_env, void* data, void*) {
    delete static_cast<Environment*>(data);
  };
  if (napi_set_instance_data(env, environment, finalize, nullptr) == napi_ok) {
    return true;
  }
  delete environment;
  return false;
}

Environment* Environment::Get(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

}  // namespace rawloop
