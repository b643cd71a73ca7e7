package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.tideline.client.TidelineCallException.FieldViolation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallFailureTest {
    @Test
    void of_badRequest_carriesFieldViolations() {
        var violation = BadRequest.FieldViolation.newBuilder()
                .setField("timeline.id")
                .setDescription("empty")
                .build();
        var status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.INVALID_ARGUMENT.value())
                .addDetails(Any.pack(
                        BadRequest.newBuilder().addFieldViolations(violation).build()))
                .build();

        assertThat(CallFailure.of(status).exception(null).fieldViolations())
                .containsExactly(new FieldViolation("timeline.id", "empty"));
    }

    @Test
    void of_unreadableDetail_keepsTheCode() {
        var broken = Any.pack(ErrorInfo.getDefaultInstance()).toBuilder()
                .setValue(ByteString.copyFromUtf8("\u0007broken"))
                .build();
        var status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.NOT_FOUND.value())
                .addDetails(broken)
                .build();

        CallFailure failure = CallFailure.of(status);

        assertThat(failure.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(failure.reason()).isEmpty();
    }

    @Test
    void toStatus_ofAFailure_readsBackTheSame() {
        CallFailure failure = CallFailure.of(
                ScriptedServer.status(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofMillis(1_500)));

        assertThat(CallFailure.of(failure.toStatus())).isEqualTo(failure);
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void of_streamResetByAServerGoingDown_isALostConnection() {
        TidelineCallException failure =
                CallFailure.of(Status.CANCELLED.withDescription("RST_STREAM").asRuntimeException());

        assertThat(failure.code()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.retryable()).isTrue();
    }
}
