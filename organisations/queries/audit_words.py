"""What the codes of the audit trail mean: one table of actions and objects, for list, page and file.

Steps of a state machine name themselves (`core.transitions.MACHINES`); all else is written here,
and a test finds an action of the code that has no words.
"""

from __future__ import annotations

from core.transitions import MACHINES

ACTIONS = {
    "address.unlock": "解除来源地址锁定",
    "administrator.create": "建立三员账号",
    "announcement.edit": "修改公告草稿",
    "announcement.revise": "起草公告更正版",
    "announcement.write": "起草公告",
    "attachment.add": "上传附件",
    "audit.check_integrity": "核对审计完整性",
    "audit.download_heads": "下载审计留存文件",
    "batch.change_result": "变更中选结果",
    "batch.publish": "发布批次",
    "batch.remind_preparation": "通知落地准备",
    "batch.set_override": "设定批次执行参数",
    "batch_draft.edit": "修改批次草案",
    "batch_draft.make": "建立批次草案",
    "batch_draft.replace": "以工作簿替换批次草案",
    "calendar.upload_year": "上传工作日历",
    "contact_point.ask_code": "索取通知地址验证码",
    "contact_point.choose": "选择通知范围",
    "contact_point.forget": "删除通知地址",
    "contact_point.quiet_hours": "设定免打扰时段",
    "contact_point.verify": "验证通知地址",
    "dataset.load": "写入数据集",
    "dataset_import.clean_files": "清理导入文件",
    "dataset_import.upload": "上传数据集",
    "agreement.generate": "生成三方协议",
    "agreement.signature": "签署三方协议文件",
    "delivery_relation.point": "点选配送企业",
    "delegation.begin": "开始代办",
    "delegation.end": "结束代办",
    "delegation.pause": "暂停代办",
    "delegation.set": "设定代办",
    "agreed_round.choose": "选择中选产品",
    "agreed_round.computed": "完成约定采购量测算",
    "agreed_round.open": "发起约定采购量",
    "agreed_round.publish": "导入公布约定量",
    "volume_report.judge": "审核报量品种",
    "volume_report.reopen_until": "重新开放填报",
    "entry_check.list": "列出进院排查",
    "guide.add_file": "上传办事表格",
    "guide.add_reception_day": "新增接待日",
    "guide.cancel_reception_day": "取消接待日",
    "guide.confirm": "核对办事指南",
    "guide.create_demo": "建立演示办事指南",
    "guide.end_service": "停止办事事项",
    "guide.save_contacts": "修改联系方式",
    "guide.save_service": "修改办事事项",
    "guide.withdraw_file": "撤下办事表格",
    "indicator.compute": "计算月度指标",
    "job.cancel": "取消后台任务",
    "job.enqueue": "交办后台任务",
    "listed_price.bring": "到期挂网价生效",
    "listed_price.follow_selection": "挂网价随中选价调整",
    "listed_price.set": "设定挂网价格",
    "listing.list": "挂网",
    "listing_request.submit": "提交恢复挂网申请",
    "maximum_price.end": "停止最高限价",
    "maximum_price.set": "设定最高限价",
    "organisation.closure": "机构注销",
    "organisation.create_authorities": "建立主管部门",
    "organisation.merger": "机构合并",
    "organisation.recode": "变更信用代码",
    "organisation.register": "登记机构",
    "organisation.rename": "变更机构名称",
    "organisation.switch_off": "停用机构",
    "hospital_item.confirm": "核对院内目录存疑",
    "hospital_item.put": "登记或更新院内目录",
    "organisation.switch_on": "启用机构",
    "organisation_change.apply": "申请机构变更",
    "organisation_change.mend": "补正机构变更申请",
    "organisation_change.stuck": "机构变更未能生效",
    "outside_identity.bind": "绑定外部登录",
    "outside_identity.unbind": "解除外部登录",
    "override_change.propose": "提出批次执行参数调整",
    "policy.seed": "写入随版本发布的参数",
    "policy.set_value": "设定政策参数",
    "policy.withdraw_value": "撤回政策参数",
    "price_inquiry.send": "发出价格问询",
    "price_mark.compute": "计算价格标识",
    "price_multiple.end": "停止价格倍数",
    "price_multiple.set": "设定价格倍数",
    "reference_product.set": "设定参比制剂",
    "registration.cover": "记录注册证覆盖产品",
    "registration.file": "填写注册申请",
    "registration.record": "登记注册证",
    "registration.revise": "修改注册申请",
    "application_objection.file": "提出公示异议",
    "product.change": "按申请变更产品",
    "product.create": "按申请新增产品",
    "member_sheet.save": "保存成员填报",
    "product_application.draft": "填写挂网申请",
    "product_application.edit": "修改挂网申请",
    "product_application.effect_problem": "挂网申请未能生效",
    "product_application.paper": "提交申请材料",
    "report_task.draft": "编制报量任务",
    "report_task.edit": "修改报量任务",
    "report_task.remind": "提醒未提交报量的单位",
    "volume_report.extension": "报量延期",
    "volume_report.letter_made": "生成承诺函",
    "volume_report.letter_signed": "签署承诺函",
    "volume_report.reopening": "截止后重新开放填报",
    "volume_report.save": "保存报量",
    "volume_report.volunteer": "自愿填报",
    "price_table.take": "导入价格表",
    "rehearsal.done": "参数试算完成",
    "request.refused": "请求被拒绝",
    "service_candidate.list": "列入服务价格调整候选",
    "service_consumable.tie": "关联服务项目耗材",
    "service_consumable.untie": "结束服务项目耗材关联",
    "service_eligibility.enter": "登记调价执行资格",
    "service_item.save": "登记或修改服务项目",
    "service_price.defer": "设定暂缓机构起始日",
    "service_price.set": "设定服务价格或中位价",
    "service_sheet.take": "批量导入服务项目资料",
    "result_change.propose": "提出中选结果变更",
    "second_factor.enrol": "启用动态口令",
    "second_factor.give_up": "停用动态口令",
    "second_factor.renew_recovery_codes": "更换恢复码",
    "second_factor.reset": "重置动态口令",
    "security_policy.set": "设定安全策略",
    "shortage.end": "移出短缺清单",
    "shortage.enter": "列入短缺清单",
    "token.issue": "签发接口令牌",
    "token.revoke": "吊销接口令牌",
    "document.sign": "签署文件",
    "organisation_certificate.add": "登记签名证书",
    "trust_anchor.add": "加入信任的根证书",
    "trust_anchor.withdraw": "撤除根证书",
    "user.change_password": "修改口令",
    "user.create_demo": "建立演示账号",
    "user.edit": "修改人员资料或角色",
    "user.first_factor": "口令验证通过",
    "user.hand_over": "工作交接",
    "user.invite": "添加人员",
    "user.reset_password": "重置口令",
    "user.sign_in": "登录",
    "user.sign_out": "退出登录",
    "user.switch_off": "停用账号",
    "user.switch_on": "启用账号",
    "user.unlock": "解除账号锁定",
    "value_change.propose": "提出参数调整",
    "catalogue_edition.propose": "提出目录版次",
    "conversion.take_effect": "折算系数生效",
    "inspection.follow_up": "登记检查跟踪",
    "inspection.record": "登记监督检查",
    "quality_hold.place": "暂停使用",
    "quality_report.report": "提交质量报告",
    "recall.find_again": "重新查找召回持有单位",
    "recall.open": "发起召回",
    "recall_holder.quantities": "报告召回数量",
    "sampling.record": "登记抽检结果",
    "warning.raise": "发出预警",
    "warning.recompute_deadlines": "重算预警期限",
    "webhook.change": "修改回调地址",
    "webhook.pause": "暂停回调",
    "webhook.redeliver": "重新投递回调",
    "webhook.register": "登记回调地址",
    "webhook.remove": "删除回调地址",
    "webhook.resume": "恢复回调",
    "webhook.rotate": "轮换回调密钥",
    "webhook.test": "发送测试回调",
}

OBJECTS = {
    "address": "来源地址",
    "api_token": "接口令牌",
    "audit": "审计日志",
    "batch": "批次",
    "calendar_year": "工作日历",
    "dataset": "数据集",
    "day": "日期",
    "group": "品种",
    "trust_anchor": "信任的根证书",
    "guide": "办事指南",
    "hospital_item": "院内目录",
    "hospital_items_upload": "院内目录文件",
    "volume_report_figures": "报量数字",
    "volume_report_upload": "报量表文件",
    "job": "后台任务",
    "maximum_price": "最高限价",
    "maximum-prices": "最高限价",
    "month": "月份",
    "organisation": "机构",
    "policy": "政策",
    "policy_value": "政策参数",
    "price_mark": "价格标识",
    "price_multiple": "价格倍数",
    "product": "产品",
    "request": "请求",
    "inspection": "监督检查",
    "service_item": "服务项目",
    "service_sheet": "服务项目资料",
    "sampling": "抽检结果",
    "security_policy": "安全策略",
    "shortage_entry": "短缺清单",
    "shortages": "短缺清单",
    "user": "人员",
    "webhook": "回调地址",
    "webhook_endpoint": "回调地址",
}


def action_words(action: str) -> str:
    """The act in Chinese; a code that nobody gave words to is shown as it is."""
    if action in ACTIONS:
        return ACTIONS[action]
    name, _, verb = action.partition(".")
    machine = MACHINES.get(name)
    for transition in machine.transitions if machine else ():
        if transition.verb == verb and machine is not None:
            return f"{machine.label}：{transition.label}"
    return action


def object_words(object_type: str) -> str:
    """The kind of object in Chinese."""
    machine = MACHINES.get(object_type)
    return OBJECTS.get(object_type) or (machine.label if machine else object_type)


def actions_called(words: str) -> list[str]:
    """Codes of the actions whose words contain these."""
    steps = {
        f"{machine.name}.{transition.verb}"
        for machine in MACHINES.values()
        for transition in machine.transitions
    }
    return sorted(code for code in {*ACTIONS, *steps} if words in action_words(code))


def object_choices() -> list[tuple[str, str]]:
    """Kinds of objects for the filter, by their words."""
    known = {*OBJECTS, *MACHINES}
    return sorted(((code, object_words(code)) for code in known), key=lambda pair: pair[1])
