package io.tideline.api.server.messages;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.TidelineServerConfig.Limits;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.ChangeMessageResponse;
import io.tideline.api.v1.DeleteMessageRequest;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.api.v1.SendBatchResponse;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendPersonalResponse;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import io.tideline.store.message.HistoryReader;
import io.tideline.store.message.MessageService;

/** The methods of {@code tideline.v1.MessageService}. Never blocks. */
public final class MessageGrpcService extends MessageServiceGrpc.MessageServiceImplBase {
    private final UnaryMethod<SendRequest, SendResponse> send;
    private final UnaryMethod<SendBatchRequest, SendBatchResponse> sendBatch;
    private final UnaryMethod<SendPersonalRequest, SendPersonalResponse> sendPersonal;
    private final UnaryMethod<RecallMessageRequest, ChangeMessageResponse> recall;
    private final UnaryMethod<EditMessageRequest, ChangeMessageResponse> edit;
    private final UnaryMethod<DeleteMessageRequest, ChangeMessageResponse> delete;
    private final UnaryMethod<ReactRequest, ChangeMessageResponse> react;
    private final UnaryMethod<ListMessagesRequest, ListMessagesResponse> list;
    private final SendStreams sendStreams;

    public MessageGrpcService(
            MessageService service,
            HistoryReader reader,
            Statuses statuses,
            OpenStreams openStreams,
            Limits limits,
            MetricRegistry registry) {
        UnaryCalls calls = new UnaryCalls(statuses);
        Sends sends = new Sends(service);
        Changes changes = new Changes(service);
        History history = new History(reader);
        this.send = calls.method(registry, "Send", sends::send);
        this.sendBatch = calls.method(registry, "SendBatch", sends::sendBatch);
        this.sendPersonal = calls.method(registry, "SendPersonal", sends::sendPersonal);
        this.recall = calls.method(registry, "RecallMessage", changes::recall);
        this.edit = calls.method(registry, "EditMessage", changes::edit);
        this.delete = calls.method(registry, "DeleteMessage", changes::delete);
        this.react = calls.method(registry, "React", changes::react);
        this.list = calls.method(registry, "ListMessages", history::list);
        this.sendStreams =
                new SendStreams(service, statuses, openStreams, limits, new MethodMetrics(registry, "SendStream"));
    }

    @Override
    public void send(SendRequest request, StreamObserver<SendResponse> observer) {
        send.call(request, observer);
    }

    @Override
    public void sendBatch(SendBatchRequest request, StreamObserver<SendBatchResponse> observer) {
        sendBatch.call(request, observer);
    }

    @Override
    public StreamObserver<SendStreamRequest> sendStream(StreamObserver<SendStreamResponse> observer) {
        return sendStreams.open((ServerCallStreamObserver<SendStreamResponse>) observer);
    }

    @Override
    public void sendPersonal(SendPersonalRequest request, StreamObserver<SendPersonalResponse> observer) {
        sendPersonal.call(request, observer);
    }

    @Override
    public void recallMessage(RecallMessageRequest request, StreamObserver<ChangeMessageResponse> observer) {
        recall.call(request, observer);
    }

    @Override
    public void editMessage(EditMessageRequest request, StreamObserver<ChangeMessageResponse> observer) {
        edit.call(request, observer);
    }

    @Override
    public void deleteMessage(DeleteMessageRequest request, StreamObserver<ChangeMessageResponse> observer) {
        delete.call(request, observer);
    }

    @Override
    public void react(ReactRequest request, StreamObserver<ChangeMessageResponse> observer) {
        react.call(request, observer);
    }

    @Override
    public void listMessages(ListMessagesRequest request, StreamObserver<ListMessagesResponse> observer) {
        list.call(request, observer);
    }
}
