package io.tideline.api.server.wiring;

import io.grpc.BindableService;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.tideline.api.server.MessageIdLease;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.TidelineServerConfig;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.conversations.ConversationGrpcService;
import io.tideline.api.server.messages.MessageGrpcService;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.sync.SyncGrpcService;
import io.tideline.store.StorePorts;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.id.LeaseConfig;
import io.tideline.store.id.LeasedMessageIds;
import io.tideline.store.message.HistoryReader;
import io.tideline.store.message.MessageService;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.consumer.ConsumerConfig;
import io.tideline.sync.consumer.Consumers;
import io.tideline.sync.device.SyncConfig;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.push.PushConfig;
import io.tideline.sync.push.PushHub;
import io.tideline.sync.unread.UnreadService;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;

/** Makes the messaging services of one server, and what works for them in the background. */
@Factory
final class MessagingFactory {
    /** Renews leases, looks for fan-out tasks, and wakes polls that wait. Nothing on it blocks. */
    @Singleton
    @Bean(preDestroy = "shutdownNow")
    @Named("messaging")
    ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "tideline-messaging");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    @Singleton
    ProcessName processName(TidelineServerConfig config) {
        return new ProcessName(
                config.bindAddress() + "/" + ProcessHandle.current().pid() + "/"
                        + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    /** Stands in leases: of no two processes, and of no two runs of one. */
    record ProcessName(String value) {}

    @Singleton
    @Bean(preDestroy = "close")
    LeasedMessageIds messageIds(ServerPorts ports, ProcessName name) {
        return new LeasedMessageIds(
                ports.messaging().records(),
                LeaseConfig.DEFAULT,
                InstantSource.system(),
                new SecureRandom(),
                name.value());
    }

    @Singleton
    MessageIdLease messageIdLease(LeasedMessageIds ids, @Named("messaging") ScheduledExecutorService timer) {
        return new MessageIdLease(ids, ids.start(timer));
    }

    @Singleton
    @Bean(preDestroy = "close")
    FanoutWorker fanout(ServerPorts ports, ProcessName name, @Named("messaging") ScheduledExecutorService timer) {
        FanoutWorker worker = new FanoutWorker(
                ports.watchHub().publishing(),
                ports.messaging().records(),
                FanoutConfig.named(name.value()),
                InstantSource.system(),
                timer,
                ports.metrics());
        worker.start();
        return worker;
    }

    @Singleton
    StorePorts storePorts(ServerPorts ports, MessageIdLease lease, FanoutWorker fanout) {
        return new StorePorts(
                ports.watchHub().publishing(),
                ports.messaging().records(),
                lease.ids(),
                InstantSource.system(),
                fanout::due);
    }

    @Singleton
    SyncPorts syncPorts(ServerPorts ports) {
        return new SyncPorts(
                ports.store(),
                ports.messaging().records(),
                ports.messaging().readMarks(),
                ports.directory(),
                ports.messaging().changes());
    }

    @Singleton
    UnreadService unread(SyncPorts ports) {
        return new UnreadService(ports);
    }

    @Singleton
    @Bean(preDestroy = "close")
    SyncService syncService(SyncPorts ports, ServerPorts server, TidelineServerConfig config) {
        SyncService service = new SyncService(
                ports,
                SyncConfig.forHeap(Runtime.getRuntime().maxMemory()),
                app -> config.messaging().of(app).inboxTimeToLive(),
                InstantSource.system(),
                new SecureRandom(),
                server.metrics());
        service.onOpened(server.hints()::opened);
        return service;
    }

    /** Makes pages for devices that follow, as many at a time as there are processors. Nothing on it blocks. */
    @Singleton
    @Bean(preDestroy = "shutdownNow")
    @Named("push")
    ExecutorService pushExecutor() {
        return Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
            Thread thread = new Thread(task, "tideline-push");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Sessions of devices; woken by appends here and by hints of other servers before the change feed has them. */
    @Singleton
    @Bean(preDestroy = "close")
    PushHub push(
            SyncService service,
            ServerPorts ports,
            @Named("push") ExecutorService executor,
            @Named("messaging") ScheduledExecutorService timer) {
        return new PushHub(service, ports.store(), PushConfig.DEFAULT, executor, timer, ports.metrics());
    }

    @Singleton
    @Bean(preDestroy = "close")
    LocalMoves localMoves(SyncService service, ServerPorts ports) {
        return new LocalMoves(ports.watchHub().listen(service.hints()));
    }

    /** Appends of this process, told to those who follow. */
    record LocalMoves(Runnable stop) implements AutoCloseable {
        @Override
        public void close() {
            stop.run();
        }
    }

    @Singleton
    @Bean(preDestroy = "close")
    Consumers consumers(SyncPorts ports) {
        return new Consumers(ports, ConsumerConfig.DEFAULT);
    }

    @Singleton
    @Named("conversations")
    BindableService conversations(
            StorePorts store, UnreadService unread, TidelineServerConfig config, Statuses statuses, ServerPorts ports) {
        ConversationService service =
                new ConversationService(store, app -> config.messaging().of(app).conversations());
        return new ConversationGrpcService(service, unread, statuses, ports.metrics());
    }

    @Singleton
    @Named("messages")
    BindableService messages(
            StorePorts store,
            TidelineServerConfig config,
            Statuses statuses,
            OpenStreams openStreams,
            ServerPorts ports) {
        MessageService service =
                new MessageService(store, app -> config.messaging().of(app).messages());
        return new MessageGrpcService(
                service, new HistoryReader(store), statuses, openStreams, config.limits(), ports.metrics());
    }

    @Singleton
    @Named("sync")
    BindableService sync(
            SyncService service,
            UnreadService unread,
            Consumers consumers,
            PushHub push,
            LocalMoves localMoves,
            @Named("messaging") ScheduledExecutorService timer,
            Statuses statuses,
            OpenStreams openStreams,
            ServerPorts ports) {
        return new SyncGrpcService(
                service, unread, consumers, ports.store(), push, timer, statuses, openStreams, ports.metrics());
    }
}
