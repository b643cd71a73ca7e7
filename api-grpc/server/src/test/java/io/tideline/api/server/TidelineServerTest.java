package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.google.rpc.Code;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.TimelineServiceGrpc;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TidelineServerTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Test
    void health_running_isServing() {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(fixture.channel);

        for (String service : new String[] {"", "tideline.v1.TimelineService", "tideline.v1.OperatorService"}) {
            assertThat(health.check(HealthCheckRequest.newBuilder()
                                    .setService(service)
                                    .build())
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void close_withACallUnderWay_saysNotServingAndLetsItFinish() throws Exception {
        CompletableFuture<io.tideline.core.store.AppendOutcome> outcome = new CompletableFuture<>();
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        fixture.store.onAppend = (append, deadline) -> {
            arrived.complete(null);
            return outcome;
        };
        BlockingQueue<ServingStatus> health = watchHealth();
        assertThat(health.poll(20, TimeUnit.SECONDS)).isEqualTo(ServingStatus.SERVING);
        CompletableFuture<Integer> answered = CompletableFuture.supplyAsync(
                () -> fixture.timelines.append(append("c", "a")).getReceiptsCount(), TidelineServerTest::run);
        arrived.get(20, TimeUnit.SECONDS);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(fixture.server::close, TidelineServerTest::run);
        assertThat(health.poll(20, TimeUnit.SECONDS)).isEqualTo(ServingStatus.NOT_SERVING);
        outcome.complete(fixture.memory
                .append(fixture.store.appends.get(0), fixture.store.deadlines.get(0))
                .join());

        assertThat(answered.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        closed.get(20, TimeUnit.SECONDS);
    }

    private static void run(Runnable work) {
        new Thread(work).start();
    }

    private BlockingQueue<ServingStatus> watchHealth() {
        BlockingQueue<ServingStatus> statuses = new LinkedBlockingQueue<>();
        // Not on the checked channel: the health service ends its watches without details.
        ManagedChannel plain = fixture.newChannel().build();
        HealthGrpc.newStub(plain).watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse response) {
                statuses.add(response.getStatus());
            }

            @Override
            public void onError(Throwable failure) {
                plain.shutdownNow();
            }

            @Override
            public void onCompleted() {
                plain.shutdownNow();
            }
        });
        return statuses;
    }

    @Test
    void close_twice_isHarmless() {
        fixture.server.close();
        fixture.server.close();
    }

    @Test
    void reflection_listsTheServices() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(fixture.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new AssertionError("no answer"));
                    }
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("tideline.v1.TimelineService", "tideline.v1.OperatorService", "grpc.health.v1.Health");
        requests.onCompleted();
    }

    @Test
    void start_portTaken_saysWhich() {
        ServerPorts ports = new ServerPorts(
                fixture.store,
                fixture.memory,
                (timeline, rows, deadline) -> new CompletableFuture<>(),
                new MessagingStorage(fixture.memory, fixture.memory, fixture.memory),
                InMemoryScheduler.over(fixture.memory),
                fixture.hub(),
                new StorageInfo("", ""),
                new MetricRegistry());

        assertThatThrownBy(() -> TidelineServer.start(TidelineServerConfig.onPort(fixture.server.port()), ports))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("127.0.0.1:" + fixture.server.port());
    }

    @Test
    void call_largerThanTheLimit_isRefusedAndOthersGoOn() throws Exception {
        AppendRequest huge = append("c", "a").toBuilder()
                .setTimeline(Messages.conversation("x".repeat((16 << 20) + 1)))
                .build();
        ManagedChannel plain = fixture.newChannel().build();
        TimelineServiceGrpc.TimelineServiceBlockingStub stub = TimelineServiceGrpc.newBlockingStub(plain);

        // The transport's own refusal, so without our details.
        assertThat(failureOf(() -> stub.append(huge)).code()).isIn(Code.RESOURCE_EXHAUSTED, Code.CANCELLED);

        assertThat(stub.append(append("c", "b")).getReceiptsCount()).isEqualTo(1);
        plain.shutdownNow();
        assertThat(plain.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void call_headersLargerThanTheLimit_isRefused() throws Exception {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("junk", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9_000));
        ManagedChannel plain = fixture.newChannel().build();
        TimelineServiceGrpc.TimelineServiceBlockingStub stub = TimelineServiceGrpc.newBlockingStub(plain);

        assertThat(failureOf(() -> stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                                .append(append("c", "a")))
                        .code())
                .isNotEqualTo(Code.OK);

        assertThat(fixture.store.appends).isEmpty();
        assertThat(stub.append(append("c", "b")).getReceiptsCount()).isEqualTo(1);
        plain.shutdownNow();
        assertThat(plain.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
}
