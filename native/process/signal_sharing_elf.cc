// The mark is an ELF note of the name rawloop and the type 1, whose contents
// are the way from themselves to the function, in bytes. See elf(5).
#include <link.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "process/signal_sharing.h"

asm(".pushsection .note.rawloop, \"a\", %note\n"
    ".balign 4\n"
    ".long 8\n"  // bytes of the name
    ".long 4\n"  // bytes of the contents
    ".long 1\n"  // type
    ".asciz \"rawloop\"\n"
    ".long rawloop_signal_table_1 - .\n"
    ".popsection\n");

namespace rawloop {
namespace {

struct Note {
  uint32_t name_bytes;
  uint32_t contents_bytes;
  uint32_t type;
  char name[8];
  int32_t way;
};

size_t Aligned(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

// The mark in a segment of notes.
const Note* FindMark(const char* notes, size_t size, size_t align) {
  constexpr size_t kHead = offsetof(Note, name);
  for (size_t at = 0; at + kHead <= size;) {
    Note note;
    memcpy(&note, notes + at, kHead);
    if (note.name_bytes == sizeof(note.name) &&
        note.contents_bytes == sizeof(note.way) && note.type == 1 &&
        at + sizeof(note) <= size &&
        memcmp(notes + at + kHead, "rawloop", sizeof(note.name)) == 0) {
      return reinterpret_cast<const Note*>(notes + at);
    }
    at += Aligned(kHead + note.name_bytes, align);
    at = Aligned(at + note.contents_bytes, align);
  }
  return nullptr;
}

// In the order of loading, until one is found.
int LookInto(struct dl_phdr_info* object, size_t, void* found) {
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const auto& segment = object->dlpi_phdr[index];
    if (segment.p_type != PT_NOTE) continue;
    const Note* note = FindMark(
        reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr),
        segment.p_memsz, segment.p_align == 8 ? 8 : 4);
    if (note == nullptr) continue;
    const auto function = reinterpret_cast<intptr_t>(&note->way) + note->way;
    *static_cast<GetSignalTable*>(found) =
        reinterpret_cast<GetSignalTable>(function);
    return 1;
  }
  return 0;
}

}  // namespace

GetSignalTable FirstCopy() {
  GetSignalTable found = nullptr;
  dl_iterate_phdr(LookInto, &found);
  return found;
}

}  // namespace rawloop
