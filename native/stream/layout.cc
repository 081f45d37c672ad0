// layout(): where each word stands, for the test that compares it with
// lib/loop/layout.ts.
#include "stream/layout.h"

#include "core/args.h"
#include "core/module.h"
#include "poll/readiness.h"
#include "stream/relay_words.h"

namespace rawloop {
namespace {

struct Word {
  const char* name;
  int64_t value;
};

// layout(): where each word stands, for the test that compares it with
// lib/loop/layout.ts. In words, but for `*Ns`, which are in doubles.
napi_value Layout(napi_env env, napi_callback_info /*info*/) {
  napi_value words;
  napi_create_object(env, &words);
  constexpr size_t kWord = sizeof(int32_t);
  const Word all[] = {
      {"SLOT_WORDS", sizeof(Slot) / kWord},
      {"READ_FD", offsetof(Slot, read_fd) / kWord},
      {"GENERATION", offsetof(Slot, generation) / kWord},
      {"LAST_RECORD", offsetof(Slot, last_record) / kWord},
      {"TRANSFER", offsetof(Slot, transfer) / kWord},
      {"READY_WORDS", sizeof(ReadyRecord) / kWord},
      {"READY_EVENTS", offsetof(ReadyRecord, events) / kWord},
      {"READY_SLOT", offsetof(ReadyRecord, slot) / kWord},
      {"READY_GENERATION", offsetof(ReadyRecord, generation) / kWord},
      {"RESULT_WORDS", sizeof(ReadResult) / kWord},
      {"READ_RESULT", offsetof(ReadResult, result) / kWord},
      {"READ_OFFSET", offsetof(ReadResult, offset) / kWord},
      {"READ_FIRST_PASSED", offsetof(ReadResult, first_passed) / kWord},
      {"READ_PASSED", offsetof(ReadResult, passed) / kWord},
      {"PASSED_WORDS", kMaxPassed},
      {"PASSED_TRUNCATED", kPassedTruncated},
      {"RECORD_WORDS", sizeof(SendRecord) / kWord},
      {"SEND_FD", offsetof(SendRecord, fd) / kWord},
      {"SEND_OFFSET", offsetof(SendRecord, offset) / kWord},
      {"SEND_LENGTH", offsetof(SendRecord, length) / kWord},
      {"SEND_NEXT", offsetof(SendRecord, next) / kWord},
      {"SEND_RESULT", offsetof(SendRecord, result) / kWord},
      {"SEND_SLOT", offsetof(SendRecord, slot) / kWord},
      {"SEND_GENERATION", offsetof(SendRecord, generation) / kWord},
      {"SEND_TOTAL", offsetof(SendRecord, total) / kWord},
      {"CONTROL_WORDS", sizeof(Control) / kWord},
      {"TIMEOUT_NS", offsetof(Control, timeout_ns) / sizeof(double)},
      {"WAITED_NS", offsetof(Control, waited_ns) / sizeof(double)},
      {"SENDS", offsetof(Control, sends) / kWord},
      {"UNSENT", offsetof(Control, unsent) / kWord},
      {"BACKEND", offsetof(Control, backend) / kWord},
      {"POLLER", offsetof(Control, poller) / kWord},
      {"REGISTERED", offsetof(Control, registered) / kWord},
      {"TIMED", offsetof(Control, timed) / kWord},
      {"COUNT", offsetof(Control, count) / kWord},
      {"READS", offsetof(Control, reads) / kWord},
      {"FILLED", offsetof(Control, filled) / kWord},
      {"OWN", offsetof(Control, own) / kWord},
      {"SPIN_US", offsetof(Control, spin_us) / kWord},
      {"DATAGRAMS", offsetof(Control, datagrams) / kWord},
      {"REFUSED", offsetof(Control, refused) / kWord},
      {"KEEP_SLOTS", kSlots},
      {"KEEP_SLAB", kSlab},
      {"KEEP_RECORDS", kRecords},
      {"KEEP_OUT", kOut},
      {"KEEP_ARRIVALS", kArrivals},
      {"KEEP_PEERS", kPeers},
      {"KEEP_DEPARTURES", kDepartures},
      {"KEEP_DATAGRAM_OUT", kDatagramOut},
      {"KEEP_FLOWS", kFlows},
      {"KEEP_PIPES", kPipes},
      {"Flow.WORDS", sizeof(Flow) / kWord},
      {"Flow.TAKEN", offsetof(Flow, taken) / sizeof(double)},
      {"Flow.GIVEN", offsetof(Flow, given) / sizeof(double)},
      {"Flow.SOURCE", offsetof(Flow, source) / kWord},
      {"Flow.SINK", offsetof(Flow, sink) / kWord},
      {"Flow.SINK_SLOT", offsetof(Flow, sink_slot) / kWord},
      {"Flow.SINK_GENERATION", offsetof(Flow, sink_generation) / kWord},
      {"Flow.PIPE_IN", offsetof(Flow, pipe_in) / kWord},
      {"Flow.PIPE_OUT", offsetof(Flow, pipe_out) / kWord},
      {"Flow.PIPED", offsetof(Flow, piped) / kWord},
      {"Flow.SOURCE_RESULT", offsetof(Flow, source_result) / kWord},
      {"Flow.SINK_RESULT", offsetof(Flow, sink_result) / kWord},
      {"Flow.DUE", offsetof(Flow, due) / kWord},
      {"Flow.NOT_ASKED", kNotAsked},
      {"Flow.FIRST", kFirstFlow},
      {"PipeWord.WORDS", sizeof(Pipes) / kWord},
      {"PipeWord.COUNT", offsetof(Pipes, count) / kWord},
      {"PipeWord.LENGTH", offsetof(Pipes, length) / kWord},
      {"PipeWord.BUDGET", offsetof(Pipes, budget) / kWord},
      {"PipeWord.SPARE", offsetof(Pipes, spare) / kWord},
      {"PipeWord.READ_END", offsetof(Pipe, read_end) / kWord},
      {"PipeWord.WRITE_END", offsetof(Pipe, write_end) / kWord},
      {"PipeWord.PIPE_WORDS", sizeof(Pipe) / kWord},
      {"PipeWord.SPARES", kSparePipes},
      {"Transfer.SOCKET", static_cast<int32_t>(Transfer::kSocket)},
      {"Transfer.FILE", static_cast<int32_t>(Transfer::kFile)},
      {"Transfer.UNIX", static_cast<int32_t>(Transfer::kUnix)},
      {"Transfer.RECORDS", static_cast<int32_t>(Transfer::kRecords)},
      {"Transfer.SHARED_PIPE", static_cast<int32_t>(Transfer::kSharedPipe)},
      {"Transfer.SHARED_TERMINAL",
       static_cast<int32_t>(Transfer::kSharedTerminal)},
      {"Transfer.SHARED_DEVICE", static_cast<int32_t>(Transfer::kSharedDevice)},
      {"Transfer.DATAGRAM", static_cast<int32_t>(Transfer::kDatagram)},
      {"Backend.EPOLL", kEpoll},
      {"Backend.KQUEUE", kKqueue},
      {"Own.WOKEN", kWoken},
      {"Own.TOLD", kTold},
      {"ReadResult.NOT_READ", kNotRead},
      {"ReadResult.EMPTY_RECORD", kEmptyRecord},
      {"ReadResult.LARGE_RECORD", kLargeRecord},
      {"ReadResult.MOVED", kMoved},
  };
  for (const Word& word : all) {
    Define(env, words, word.name, Int(env, static_cast<int32_t>(word.value)));
  }
  return words;
}

void RegisterLayout(napi_env env, napi_value exports) {
  const Function functions[] = {{"layout", Guarded<Layout>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterLayout);

}  // namespace
}  // namespace rawloop
