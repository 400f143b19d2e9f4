"""What the audit trail calls what was done. The trail itself keeps the short name, which never changes."""

from __future__ import annotations

from collections.abc import Mapping

# An action that is not listed (of an older or newer version) is shown as it was written.
ACTIONS: Mapping[str, str] = {
    "accept": "审核通过",
    "accept-parameter": "核准参数取值",
    "account-add": "新增账号",
    "account-resume": "恢复账号",
    "account-role": "改变角色",
    "account-stop": "停用账号",
    "alarm-close": "关闭报警",
    "alarm-acknowledge": "确认报警",
    "alarm-note": "报警记事",
    "backup": "备份",
    "device-add": "登记现场机",
    "device-replace": "更换现场机",
    "discard": "放弃上传",
    "finding-word": "处理核查提示",
    "import": "导入数据",
    "login": "登录",
    "login-failed": "登录失败",
    "login-locked": "登录被锁",
    "logout": "退出",
    "password": "修改密码",
    "plan-accept": "接受规划条目",
    "plan-accept-clear": "接受无疑问的规划条目",
    "plan-add": "增补规划条目",
    "plan-edit": "改正规划条目",
    "plan-reject": "不要规划条目",
    "plan-reopen": "规划疑问重新待核对",
    "propose-parameter": "提出参数取值",
    "read-plan": "读入规划",
    "register-projects": "登记减排项目",
    "restore": "从备份恢复",
    "return": "退回报送",
    "return-parameter": "退回参数取值",
    "save-plan": "保存规划版本",
    "sign-definition": "签署口径",
    "submit": "提交审核",
    "upload": "上传文件",
}
