package io.tideline.client;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResponse;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.OperatorServiceGrpc;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineDescription;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A real gRPC server whose answers the test writes: one script per call, then every call is answered well. */
final class ScriptedServer implements AutoCloseable {
    final Calls<AppendRequest, AppendResponse> append = new Calls<>((request, observer) -> {
        observer.onNext(receipts(request));
        observer.onCompleted();
    });
    final Calls<BatchAppendRequest, BatchAppendResponse> batch = new Calls<>((request, observer) -> {});
    final Calls<ReadRequest, ReadResponse> read = new Calls<>((request, observer) -> {});
    final Calls<CreateTimelineRequest, TimelineDescription> create = new Calls<>((request, observer) -> {});
    final Calls<WatchRequest, WatchResponse> watch = new Calls<>((request, observer) -> {});
    final Calls<VerifyRequest, VerifyResponse> verify = new Calls<>((request, observer) -> {});
    final BlockingQueue<StreamCall> streams = new LinkedBlockingQueue<>();
    private final int port;
    private Server server;

    ScriptedServer() throws IOException {
        server = start(0);
        port = server.getPort();
    }

    private Server start(int atPort) throws IOException {
        return NettyServerBuilder.forPort(atPort)
                .directExecutor()
                .addService(new Timelines())
                .addService(new Operator())
                .build()
                .start();
    }

    String target() {
        return "localhost:" + port;
    }

    void stop() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    void startAgain() throws IOException {
        server = start(port);
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    static AppendResponse receipts(AppendRequest request) {
        var response = AppendResponse.newBuilder();
        for (NewEntry entry : request.getEntriesList()) {
            response.addReceipts(receipt(entry.getClientMessageId(), response.getReceiptsCount() + 1));
        }
        return response.build();
    }

    static Receipt receipt(String clientMessageId, long seq) {
        return Receipt.newBuilder()
                .setClientMessageId(clientMessageId)
                .setSeq(seq)
                .build();
    }

    static com.google.rpc.Status status(Status.Code code, String reason, Duration retryAfter) {
        return status(code, reason, Map.of("where", "test"), retryAfter);
    }

    private static com.google.rpc.Status status(
            Status.Code code, String reason, Map<String, String> metadata, Duration retryAfter) {
        var status = com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage("Scripted");
        status.addDetails(Any.pack(ErrorInfo.newBuilder()
                .setDomain("tideline")
                .setReason(reason)
                .putAllMetadata(metadata)
                .build()));
        if (retryAfter != null) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(retryAfter.getSeconds())
                            .setNanos(retryAfter.getNano()))
                    .build()));
        }
        return status.build();
    }

    static StatusRuntimeException failure(Status.Code code, String reason, Duration retryAfter) {
        return StatusProto.toStatusRuntimeException(status(code, reason, retryAfter));
    }

    static StatusRuntimeException failure(
            Status.Code code, String reason, Map<String, String> metadata, Duration retryAfter) {
        return StatusProto.toStatusRuntimeException(status(code, reason, metadata, retryAfter));
    }

    static StatusRuntimeException refusal(Status.Code code, String reason, Map<String, String> metadata) {
        return StatusProto.toStatusRuntimeException(status(code, reason, metadata, null));
    }

    /** The calls of one method: what came, and what to answer. */
    static final class Calls<Q, A> {
        final BlockingQueue<Q> requests = new LinkedBlockingQueue<>();
        private final Queue<BiConsumer<Q, StreamObserver<A>>> scripts = new ConcurrentLinkedQueue<>();
        private final BiConsumer<Q, StreamObserver<A>> otherwise;

        Calls(BiConsumer<Q, StreamObserver<A>> otherwise) {
            this.otherwise = otherwise;
        }

        Calls<Q, A> then(BiConsumer<Q, StreamObserver<A>> script) {
            scripts.add(script);
            return this;
        }

        Calls<Q, A> thenFail(StatusRuntimeException failure) {
            return then((request, observer) -> observer.onError(failure));
        }

        Calls<Q, A> thenAnswer(A answer) {
            return then((request, observer) -> {
                observer.onNext(answer);
                observer.onCompleted();
            });
        }

        Q await() throws InterruptedException {
            Q request = requests.poll(10, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("No call came");
            }
            return request;
        }

        private void take(Q request, StreamObserver<A> observer) {
            requests.add(request);
            BiConsumer<Q, StreamObserver<A>> script = scripts.poll();
            (script == null ? otherwise : script).accept(request, observer);
        }
    }

    /** One append stream as the server sees it. */
    static final class StreamCall implements StreamObserver<AppendStreamRequest> {
        final BlockingQueue<AppendStreamRequest> requests = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> halfClosed = new LinkedBlockingQueue<>();
        final StreamObserver<AppendStreamResponse> answers;

        StreamCall(StreamObserver<AppendStreamResponse> answers) {
            this.answers = answers;
        }

        String awaitId() throws InterruptedException {
            AppendStreamRequest request = requests.poll(10, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("Nothing was sent");
            }
            return request.getEntry().getClientMessageId();
        }

        void acknowledge(long index, String id, long seq) {
            answers.onNext(AppendStreamResponse.newBuilder()
                    .setRequestIndex(index)
                    .setClientMessageId(id)
                    .setReceipt(receipt(id, seq))
                    .build());
        }

        void refuse(long index, String id, com.google.rpc.Status status) {
            answers.onNext(AppendStreamResponse.newBuilder()
                    .setRequestIndex(index)
                    .setClientMessageId(id)
                    .setError(status)
                    .build());
        }

        @Override
        public void onNext(AppendStreamRequest value) {
            requests.add(value);
        }

        @Override
        public void onError(Throwable t) {
            halfClosed.add(false);
        }

        @Override
        public void onCompleted() {
            halfClosed.add(true);
        }
    }

    private final class Timelines extends TimelineServiceGrpc.TimelineServiceImplBase {
        @Override
        public void append(AppendRequest request, StreamObserver<AppendResponse> observer) {
            append.take(request, observer);
        }

        @Override
        public void batchAppend(BatchAppendRequest request, StreamObserver<BatchAppendResponse> observer) {
            batch.take(request, observer);
        }

        @Override
        public StreamObserver<AppendStreamRequest> appendStream(StreamObserver<AppendStreamResponse> observer) {
            StreamCall call = new StreamCall(observer);
            streams.add(call);
            return call;
        }

        @Override
        public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
            read.take(request, observer);
        }

        @Override
        public void createTimeline(CreateTimelineRequest request, StreamObserver<TimelineDescription> observer) {
            create.take(request, observer);
        }

        @Override
        public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
            watch.take(request, observer);
        }
    }

    private final class Operator extends OperatorServiceGrpc.OperatorServiceImplBase {
        @Override
        public void verify(VerifyRequest request, StreamObserver<VerifyResponse> observer) {
            verify.take(request, observer);
        }
    }
}
