#include "process/spawn_arguments.h"

#include <cstring>

#include "process/spawn_child.h"

namespace rawloop {
namespace {

// Words, in this order; then the groups, the descriptors and the limits. The
// first two are told, not read.
enum Word {
  kParts = 2,
  kGroupId,
  kUserId,
  kUserGroupId,
  kMask,
  kNice,
  kTerminal,
  kCandidates,
  kArguments,
  kEnvironment,
  kGroupCount,
  kDescriptors,
  kLimits,
  kWords,
};

// A limit is its resource and two numbers of 64 bits, the low halves first.
constexpr size_t kLimitWords = 5;
// More than fit into memory as words: no sum of counts wraps.
constexpr int32_t kMaxCount = 1 << 24;

uint64_t Join(int32_t low, int32_t high) {
  return static_cast<uint64_t>(static_cast<uint32_t>(high)) << 32 |
         static_cast<uint32_t>(low);
}

}  // namespace

bool SpawnArguments::Read(napi_env env, const Span& words, napi_value strings) {
  if (!ReadWords(words)) {
    ThrowRange(env, "words", "a plan of a child");
    return false;
  }
  if (!ReadText(env, strings)) {
    ThrowType(env, "strings", "a string");
    return false;
  }
  if (FindStrings()) return true;
  ThrowRange(env, "strings", "as many strings as the words say");
  return false;
}

bool SpawnArguments::ReadWords(const Span& span) {
  words_.resize(span.size / sizeof(int32_t));
  if (words_.size() < kWords) return false;
  memcpy(words_.data(), span.data, words_.size() * sizeof(int32_t));
  for (int at = kCandidates; at < kWords; at++) {
    if (words_[at] < 0 || words_[at] > kMaxCount) return false;
  }
  const size_t groups = words_[kGroupCount];
  const size_t descriptors = words_[kDescriptors];
  const size_t limits = words_[kLimits];
  if (words_.size() < kWords + groups + descriptors + limits * kLimitWords) {
    return false;
  }
  int32_t* at = words_.data() + kWords;
  groups_.assign(at, at + groups);
  at += groups;
  plan_.parts = words_[kParts];
  plan_.process_group = words_[kGroupId];
  plan_.uid = static_cast<uid_t>(words_[kUserId]);
  plan_.gid = static_cast<gid_t>(words_[kUserGroupId]);
  plan_.umask = static_cast<mode_t>(words_[kMask]);
  plan_.priority = words_[kNice];
  plan_.terminal_fd = words_[kTerminal];
  plan_.groups = groups_.data();
  plan_.group_count = groups;
  plan_.descriptors = at;
  plan_.descriptor_count = descriptors;
  at += descriptors;
  for (size_t i = 0; i < limits; i++, at += kLimitWords) {
    limits_.push_back({at[0], Join(at[1], at[2]), Join(at[3], at[4])});
  }
  plan_.limits = limits_.data();
  plan_.limit_count = limits;
  return true;
}

// As UTF-8; half of a pair of surrogates becomes U+FFFD.
bool SpawnArguments::ReadText(napi_env env, napi_value strings) {
  size_t size = 0;
  if (napi_get_value_string_utf8(env, strings, nullptr, 0, &size) != napi_ok) {
    return false;
  }
  text_.resize(size);
  // The NUL behind it is the string's own.
  return napi_get_value_string_utf8(env, strings, text_.data(), size + 1,
                                    &size) == napi_ok;
}

bool SpawnArguments::FindStrings() {
  if (!text_.empty() && text_.back() != '\0') return false;
  std::vector<char*> found;
  for (size_t at = 0; at < text_.size(); at += strlen(&text_[at]) + 1) {
    found.push_back(&text_[at]);
  }
  const size_t places = plan_.Has(kDirectory) + plan_.Has(kTerminalPath);
  const size_t candidates = words_[kCandidates];
  const size_t arguments = words_[kArguments];
  const size_t environment = words_[kEnvironment];
  if (found.size() != places + candidates + arguments + environment) {
    return false;
  }
  auto next = found.begin();
  if (plan_.Has(kDirectory)) plan_.directory = *next++;
  if (plan_.Has(kTerminalPath)) plan_.terminal_path = *next++;
  // Three lists, each ended by a null.
  pointers_.reserve(found.size() + 3);
  for (const size_t count : {candidates, arguments, environment}) {
    pointers_.insert(pointers_.end(), next, next + count);
    pointers_.push_back(nullptr);
    next += count;
  }
  plan_.candidates = pointers_.data();
  plan_.candidate_count = candidates;
  plan_.arguments = pointers_.data() + candidates + 1;
  plan_.environment = plan_.Has(kOwnEnvironment)
                          ? OwnEnvironment()
                          : plan_.arguments + arguments + 1;
  return true;
}

}  // namespace rawloop
